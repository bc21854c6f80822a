import { tooMany } from '#shared/errors'
import { t } from '#shared/schema'
import { jsonColumn, lockOrMake } from '#shared/sql'
import { hour, second } from '#shared/time'
import type { Clock, Trx, UserSql } from './database'
import type { Vault } from './vault'

/** So that nobody can fill a mailbox, whichever accounts they use for it and whatever happens to the tokens. */
const maxPerHour = 5
const batch = 500
const sentColumn = jsonColumn(t.Array(t.Integer()))

export interface Mail {
  userId: number
  to: string
  kind: string
}

interface Ports {
  sql: UserSql
  vault: Pick<Vault, 'fingerprint'>
  clock: Clock
}

/** Counts the mails of each kind to an address, and those that an account causes, in rows of their own. */
export const mailQuotas = ({ sql, vault, clock }: Ports) => ({
  /** Takes one of the mails that are left for this hour; false if there is none. The count rolls back with the transaction. */
  async take(trx: Trx, { userId, to, kind }: Mail): Promise<boolean> {
    const now = clock().getTime()
    const counts = []
    for (const subject of [vault.fingerprint(`to ${to}`), vault.fingerprint(`by ${userId}`)]) {
      const row = await lockOrMake(trx, 'mail_quotas', { subject, kind }, { sent: '[]', updated_at: clock() })
      counts.push({ subject, sent: sentColumn.read(row.sent).filter(at => at > now - hour) })
    }
    if (counts.some(({ sent }) => sent.length >= maxPerHour)) return false
    for (const { subject, sent } of counts) {
      await trx
        .updateTable('mail_quotas')
        .set({ sent: sentColumn.write([...sent, now]), updated_at: clock() })
        .where('subject', '=', subject)
        .where('kind', '=', kind)
        .execute()
    }
    return true
  },

  async deleteExpired() {
    await sql.db
      .deleteFrom('mail_quotas')
      .where('updated_at', '<', new Date(clock().getTime() - hour))
      .orderBy('updated_at')
      .limit(batch)
      .execute()
  },
})
export type MailQuotas = ReturnType<typeof mailQuotas>

export const tooManyMails = () =>
  tooMany('too_many_mails', 'This account or this address got several such mails within an hour; try again later.', hour / second)
