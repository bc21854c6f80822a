import type { Log } from '#shared/log'
import type { Redis } from '#shared/redis'
import { publishRevocations } from '#shared/revocations'
import { auditLog } from './audit'
import type { UserClients } from './clients'
import { confirmOwner } from './confirm-owner'
import type { Clock, UserSql } from './database'
import { emailVerifications } from './email-verifications'
import { emailWarnings } from './email-warnings'
import { failedLogins } from './failed-logins'
import { loginLockouts } from './lockouts'
import { logins } from './logins'
import { mailQuotas } from './mail-quotas'
import { mailedTokens } from './mailed-tokens'
import { managedAccounts } from './managed-accounts'
import { passwordChecks } from './password-checks'
import { type HashCost, passwordHashes } from './password-hashes'
import { passwordResets } from './password-resets'
import { personalData } from './personal-data'
import { profiles } from './profiles'
import { register } from './register'
import { accountRepository } from './repository'
import { reseal } from './reseal'
import { savedAddresses } from './saved-addresses'
import { mfaLockout, secondFactors } from './second-factors'
import { userSessions } from './sessions'
import { signingKeys } from './signing-keys'
import { parseDataKeys, vaultWith } from './vault'

interface Ports {
  sql: UserSql
  auditSchema: string
  redis: Redis
  clients: UserClients
  log: Pick<Log, 'warn'>
  dataKeys: string
  clock?: Clock
  hashCost?: HashCost
}

export const compose = ({ sql, auditSchema, redis, clients, log, dataKeys, clock = () => new Date(), hashCost }: Ports) => {
  const vault = vaultWith(parseDataKeys(dataKeys))
  const accounts = accountRepository(sql)
  const audit = auditLog(sql, auditSchema)
  const recordAudit = audit.record
  const addresses = savedAddresses({ sql, vault, clock })
  const passwords = passwordHashes(hashCost)
  const recordFailure = failedLogins({ sql, log, recordAudit })
  const checks = passwordChecks({ passwords, lockouts: loginLockouts({ redis, vault, clock }), recordFailure })
  const sessions = userSessions({ sql, vault, clock, log, revoke: publishRevocations(redis), recordAudit })
  const quotas = mailQuotas({ sql, vault, clock })
  const tokens = mailedTokens({ sql, vault, clock, quotas })
  const warnings = emailWarnings({ sql, clock, quotas })
  const keys = signingKeys({ sql, vault, clock })
  const factors = secondFactors({
    sql,
    vault,
    clock,
    lockouts: loginLockouts({ redis, vault, clock, rule: mfaLockout }),
    recordFailure,
    recordAudit,
  })
  const confirm = confirmOwner({ accounts, checks, factors })
  return {
    vault,
    accounts,
    audit,
    addresses,
    sessions,
    tokens,
    quotas,
    emailWarnings: warnings,
    keys,
    secondFactors: factors,
    confirm,
    register: register({ sql, vault, clock, passwords, tokens, recordAudit }),
    logins: logins({ sql, clock, accounts, checks, sessions, keys, factors, warnings, recordAudit }),
    profiles: profiles({ sql, vault, clock, accounts, passwords, confirm, sessions, tokens, warnings, recordAudit }),
    passwordResets: passwordResets({ sql, clock, log, accounts, passwords, sessions, tokens, warnings, recordAudit }),
    emailVerifications: emailVerifications({ sql, clock, tokens, recordAudit }),
    managedAccounts: managedAccounts({ sql, clock, accounts, passwords, sessions, recordAudit, log }),
    personalData: personalData({ sql, vault, clock, accounts, addresses, sessions, audit, warnings, confirm, clients }),
    reseal: reseal({ sql, vault, log }),
  }
}
export type UserService = ReturnType<typeof compose>
