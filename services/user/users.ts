import type { Log } from '#shared/log'
import type { Redis } from '#shared/redis'
import { publishRevocations } from '#shared/revocations'
import { accountStore } from './accounts'
import { addressBook } from './addresses'
import { accountManager } from './admin'
import { auditTrail } from './audit'
import type { Clock, UserSql } from './database'
import { signingKeys } from './keys'
import { createLockouts } from './lockout'
import { mailedTokens } from './mailed-tokens'
import { mfaLockout, mfaStore } from './mfa'
import { passwordCheck } from './password-check'
import { createPasswords, type HashCost } from './passwords'
import { type Holder, personalData } from './personal-data'
import { profileOwner } from './profile'
import { accountRecovery } from './recovery'
import { createResealing } from './resealing'
import { sessionStore } from './sessions'
import { signIn } from './sign-in'
import { createVault, parseDataKeys } from './vault'

interface Ports {
  sql: UserSql
  redis: Redis
  log: Pick<Log, 'warn'>
  dataKeys: string
  holders: readonly Holder[]
  openOrders(userId: number): Promise<number>
  clock?: Clock
  hashCost?: HashCost
}

/** The parts of the service, put together. */
export const createUsers = ({ sql, redis, log, dataKeys, holders, openOrders, clock = () => new Date(), hashCost }: Ports) => {
  const vault = createVault(parseDataKeys(dataKeys))
  const passwords = createPasswords(hashCost)
  const lockouts = createLockouts({ redis, clock })
  const tokens = mailedTokens({ sql, vault, clock })
  const accounts = accountStore({ sql, vault, clock, passwords, tokens })
  const sessions = sessionStore({ sql, clock, log, tell: publishRevocations(redis) })
  const keys = signingKeys({ sql, vault, clock })
  const mfa = mfaStore({ sql, vault, clock, lockouts: createLockouts({ redis, clock, rule: mfaLockout }) })
  const check = passwordCheck({ passwords, lockouts })
  const addresses = addressBook({ sql, vault, clock })
  const audit = auditTrail(sql)
  return {
    vault,
    tokens,
    accounts,
    sessions,
    keys,
    mfa,
    addresses,
    audit,
    signIn: signIn({ sql, accounts, passwordCheck: check, sessions, keys, mfa }),
    profile: profileOwner({ sql, vault, clock, accounts, passwords, passwordCheck: check, sessions, tokens }),
    recovery: accountRecovery({ sql, clock, accounts, passwords, sessions, tokens }),
    manager: accountManager({ sql, clock, passwords, sessions }),
    personalData: personalData({ sql, vault, clock, accounts, addresses, sessions, audit, holders, openOrders }),
    reseal: createResealing(sql, vault),
  }
}
export type Users = ReturnType<typeof createUsers>
