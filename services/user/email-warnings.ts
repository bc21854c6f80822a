import { emailChangeRequested, passwordChanged, userSignedIn } from '#shared/catalog'
import type { Publish } from '#shared/event'
import { day } from '#shared/time'
import type { Clock, Trx, UserRow, UserSql } from './database'
import type { MailQuotas } from './mail-quotas'
import { randomToken } from './secrets'

/** As long as notification keeps what it sent, so that an administrator can have the warning sent again. */
const keptMs = 30 * day
const batch = 500

/** The events that a user is warned of, by the kinds under which their mails are counted. */
const events = { email_warning: emailChangeRequested, new_sign_in: userSignedIn, password_changed: passwordChanged }

interface Ports {
  sql: Pick<UserSql, 'db'>
  clock: Clock
  quotas: Pick<MailQuotas, 'take'>
}

/** Keeps the address that an account had when something happened to it. It is warned of that, whatever has become of the account since. */
export const emailWarnings = ({ sql: { db }, clock, quotas }: Ports) => ({
  /** Nothing is published when the mails of this hour are used up. The caller has locked the user's row, whose version a warning raises. */
  async warn(trx: Trx, publish: Publish, user: Pick<UserRow, 'id' | 'email' | 'version'>, kind: keyof typeof events): Promise<void> {
    const email = user.email ?? ''
    if (!(await quotas.take(trx, { userId: user.id, to: email, kind }))) return
    const id = randomToken(24)
    const expires_at = new Date(clock().getTime() + keptMs)
    await trx.insertInto('email_warnings').values({ id, user_id: user.id, email, expires_at }).execute()
    const version = user.version + 1
    await trx.updateTable('users').set({ version }).where('id', '=', user.id).execute()
    publish(events[kind]({ id: user.id, version }, { user_id: user.id, warning_id: id }))
  },

  find: (id: string): Promise<{ email: string } | undefined> =>
    db.selectFrom('email_warnings').select('email').where('id', '=', id).where('expires_at', '>', clock()).executeTakeFirst(),

  async addressesOf(userId: number): Promise<string[]> {
    const rows = await db.selectFrom('email_warnings').select('email').distinct().where('user_id', '=', userId).orderBy('email').execute()
    return rows.map(({ email }) => email)
  },

  async deleteExpired() {
    await db.deleteFrom('email_warnings').where('expires_at', '<', clock()).orderBy('expires_at').limit(batch).execute()
  },
})
export type EmailWarnings = ReturnType<typeof emailWarnings>
