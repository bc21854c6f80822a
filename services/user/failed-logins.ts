import type { Log } from '#shared/log'
import type { RecordAudit } from './audit'
import type { UserSql } from './database'

interface Failure {
  /** What was wrong. */
  with: 'password' | 'code'
  /** Whether the account must wait from now on. */
  locked: boolean
}

/** Enters failed attempts in the audit log. Nobody waits for it: the time of an answer must not reveal whether a name has an account. */
export const failedLogins = ({ sql, log, recordAudit }: { sql: UserSql; log: Pick<Log, 'warn'>; recordAudit: RecordAudit }) => {
  const record = (userId: number, failure: Failure) =>
    sql.transaction(async trx => {
      await recordAudit(trx, 'login.failed', { user: userId, detail: failure.with })
      if (failure.locked) await recordAudit(trx, 'login.locked', { user: userId, detail: failure.with })
    })
  return (userId: number, failure: Failure) => {
    record(userId, failure).catch(err => log.warn({ err }, 'a failed login could not be entered in the audit log'))
  }
}
export type FailedLogins = ReturnType<typeof failedLogins>
