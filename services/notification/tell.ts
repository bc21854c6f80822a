import type { Message } from '#shared/event'
import type { LiveSubject, NotifyStreams } from '#shared/live-streams'
import type { Log } from '#shared/log'
import { eachIsolated } from '#shared/sweep'
import { announce, type News } from './announce'
import { factsColumn, type NotificationSql, type RecipientRow, type Trx } from './database'
import { kindNames } from './domain'
import { lockRecipients } from './recipients'

interface Ports {
  sql: NotificationSql
  notify: NotifyStreams
  log: Pick<Log, 'error'>
  /** How far apart groups of events begin. */
  groupIntervalMs?: number | undefined
}

/** What is due later waits in `plans`. */
type Told = News & { dueAt?: Date }
interface Item {
  all: readonly Told[]
  /** Whose streams have something new once the transaction is committed. The first of a group has it for all of them. */
  changed: LiveSubject[]
}

const mostAtOnce = 100

/** Tells people what events mean to them. */
export const telling = ({ sql, notify, log, groupIntervalMs = 0 }: Ports) => {
  const notifyAll = (changed: readonly LiveSubject[]) => (changed.length > 0 ? notify(changed) : undefined)

  const plan = async (trx: Trx, recipients: readonly RecipientRow[], all: readonly (News & { dueAt: Date })[]) => {
    const erased = new Set(recipients.filter(({ erased_at }) => erased_at).map(({ user_id }) => user_id))
    const rows = all.flatMap(({ kind, cause, users, facts, dueAt: due_at }) =>
      users.filter(id => !erased.has(id)).map(user_id => ({ user_id, kind, cause, facts: factsColumn.write(facts), due_at })),
    )
    if (rows.length === 0) return
    // What was planned before stays as it is.
    const insert = trx.insertInto('plans').values(rows)
    await insert.onDuplicateKeyUpdate(row => ({ user_id: row.ref('user_id') })).execute()
  }

  const handle = sql.onceMany<Item>(
    async (trx, arrivals) => {
      const news = arrivals.flatMap(({ item, publish }) => item.all.map(told => ({ news: told, publish })))
      const users = news.flatMap(({ news }) => news.users)
      const recipients = await lockRecipients(trx, users)
      const later = news.flatMap(({ news: { dueAt, ...one } }) => (dueAt ? [{ ...one, dueAt }] : []))
      await plan(trx, recipients, later)
      const now = news.filter(({ news }) => !news.dueAt)
      const [first] = arrivals
      if (first) first.item.changed = await announce(trx, recipients, now)
    },
    { groupIntervalMs },
  )

  return {
    /** Each piece of news once, however often the message comes. */
    async tell(message: Message, ...all: Told[]): Promise<void> {
      const item: Item = { all, changed: [] }
      await handle(message, item)
      await notifyAll(item.changed)
    },

    /** Several instances may sweep at once: the one that deletes a plan tells it. */
    async tellDue(now = new Date()): Promise<void> {
      const plans = sql.db.selectFrom('plans').selectAll().where('due_at', '<=', now).where('kind', 'in', kindNames)
      const due = await plans.orderBy('due_at').limit(mostAtOnce).execute()
      await eachIsolated(
        due,
        async ({ id, user_id, facts, kind, cause }) => {
          const told = await sql.transaction(async (trx, publish) => {
            const recipients = await lockRecipients(trx, [user_id])
            const { numDeletedRows } = await trx.deleteFrom('plans').where('id', '=', id).executeTakeFirst()
            const news = { kind, cause, users: [user_id], facts: factsColumn.read(facts) }
            return numDeletedRows === 1n ? announce(trx, recipients, [{ news, publish }], now) : []
          })
          await notifyAll(told)
        },
        (error, { id }) => log.error({ err: error, plan: id }, 'a planned message could not be stored; it is tried again'),
      )
    },
  }
}
export type Telling = ReturnType<typeof telling>
