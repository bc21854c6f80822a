export { addresses as _002_addresses, auditLog as _003_audit_log, users as _001_users } from './accounts'
export { separateAuditLog as _012_audit_schema } from './audit'
export {
  mailedTokens as _006_mailed_tokens,
  mfaChallenges as _008_mfa_challenges,
  recoveryCodes as _007_recovery_codes,
} from './credentials'
export { dataKeys as _013_data_keys } from './data-keys'
export {
  emailSpelling as _011_email_spelling,
  emailWarnings as _015_email_warnings,
  mailQuotas as _010_mail_quotas,
  pendingEmail as _009_pending_email,
} from './identity'
export { knownOrigins as _014_known_origins } from './origins'
export { sessions as _004_sessions, signingKeys as _005_signing_keys } from './sessions'
