import { day } from '#shared/time'
import type { Clock, Trx, UserRow, UserSql } from './database'
import { randomToken } from './secrets'

/** As long as notification keeps what it sent, so that an administrator can have the warning sent again. */
const keptMs = 30 * day
const batch = 500

/** The address that an account had when a new one was asked for. It is warned of that, whatever has become of the account since. */
export const emailWarnings = ({ sql: { db }, clock }: { sql: Pick<UserSql, 'db'>; clock: Clock }) => ({
  async keep(trx: Trx, { id: user_id, email }: Pick<UserRow, 'id' | 'email'>): Promise<string> {
    const id = randomToken(24)
    const expires_at = new Date(clock().getTime() + keptMs)
    await trx
      .insertInto('email_warnings')
      .values({ id, user_id, email: email ?? '', expires_at })
      .execute()
    return id
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
