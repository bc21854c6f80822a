import type { Log } from '#shared/log'
import type { Redis } from '#shared/redis'
import { publishRevocations } from '#shared/revocations'
import { auditRepository } from './audit'
import type { UserClients } from './clients'
import type { Clock, UserSql } from './database'
import { emailVerifications } from './email-verifications'
import { loginLockouts } from './lockouts'
import { logins } from './logins'
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
  redis: Redis
  clients: UserClients
  log: Pick<Log, 'warn'>
  dataKeys: string
  clock?: Clock
  hashCost?: HashCost
}

export const compose = ({ sql, redis, clients, log, dataKeys, clock = () => new Date(), hashCost }: Ports) => {
  const vault = vaultWith(parseDataKeys(dataKeys))
  const accounts = accountRepository(sql)
  const audit = auditRepository(sql)
  const addresses = savedAddresses({ sql, vault, clock })
  const passwords = passwordHashes(hashCost)
  const checks = passwordChecks({ passwords, lockouts: loginLockouts({ redis, clock }) })
  const sessions = userSessions({ sql, clock, log, revoke: publishRevocations(redis) })
  const tokens = mailedTokens({ sql, vault, clock })
  const keys = signingKeys({ sql, vault, clock })
  const factors = secondFactors({ sql, vault, clock, lockouts: loginLockouts({ redis, clock, rule: mfaLockout }) })
  return {
    vault,
    accounts,
    audit,
    addresses,
    sessions,
    tokens,
    keys,
    secondFactors: factors,
    register: register({ sql, vault, clock, passwords, tokens }),
    logins: logins({ sql, accounts, checks, sessions, keys, factors }),
    profiles: profiles({ sql, vault, clock, accounts, passwords, checks, sessions, tokens }),
    passwordResets: passwordResets({ sql, clock, accounts, passwords, sessions, tokens }),
    emailVerifications: emailVerifications({ sql, clock, tokens }),
    managedAccounts: managedAccounts({ sql, clock, passwords, sessions }),
    personalData: personalData({ sql, vault, clock, accounts, addresses, sessions, audit, clients }),
    reseal: reseal({ sql, vault, log }),
  }
}
export type UserService = ReturnType<typeof compose>
