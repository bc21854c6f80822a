export { addresses as _002_addresses, auditLog as _003_audit_log, users as _001_users } from './accounts'
export {
  mailedTokens as _006_mailed_tokens,
  mfaChallenges as _008_mfa_challenges,
  recoveryCodes as _007_recovery_codes,
} from './credentials'
export { sessions as _004_sessions, signingKeys as _005_signing_keys } from './sessions'
