import type { Message, Publish } from '#shared/event'
import type { LiveSubject, NotifyStreams } from '#shared/live-streams'
import type { Log } from '#shared/log'
import { insertOnce } from '#shared/sql'
import { eachIsolated } from '#shared/sweep'
import { announce, type News } from './announce'
import { factsColumn, type NotificationSql, type Trx } from './database'
import { lockRecipients } from './recipients'

interface Ports {
  sql: NotificationSql
  notify: NotifyStreams
  log: Pick<Log, 'error'>
}

const mostAtOnce = 100

/** Tells people what an event means to them. */
export const telling = ({ sql, notify, log }: Ports) => {
  const once = sql.onceLocking<readonly number[]>((trx, needs) => lockRecipients(trx, needs.flat()))
  const notifyAll = (told: LiveSubject[] | undefined) => (told && told.length > 0 ? notify(told) : undefined)

  const plan = async (trx: Trx, { kind, cause, users, facts }: News, due_at: Date) => {
    for (const { user_id, erased_at } of await lockRecipients(trx, users))
      if (!erased_at) await insertOnce(trx.insertInto('plans').values({ user_id, kind, cause, facts: factsColumn.write(facts), due_at }))
  }

  return {
    /** Each piece of news once, however often the message comes. What is due later waits in `plans`. */
    async tell(message: Pick<Message, 'id'>, ...all: (News & { dueAt?: Date })[]): Promise<void> {
      const work = async (trx: Trx, publish: Publish) => {
        const told: LiveSubject[] = []
        for (const { dueAt, ...news } of all)
          if (dueAt) await plan(trx, news, dueAt)
          else told.push(...(await announce(trx, publish, news)))
        return told
      }
      await notifyAll(
        await once(
          message,
          work,
          all.flatMap(({ users }) => users),
        ),
      )
    },

    /** Several instances may sweep at once: the one that deletes a plan tells it. */
    async tellDue(now = new Date()): Promise<void> {
      const due = await sql.db.selectFrom('plans').selectAll().where('due_at', '<=', now).orderBy('due_at').limit(mostAtOnce).execute()
      await eachIsolated(
        due,
        async ({ id, user_id, facts, kind, cause }) => {
          const told = await sql.transaction(async (trx, publish) => {
            await lockRecipients(trx, [user_id])
            const { numDeletedRows } = await trx.deleteFrom('plans').where('id', '=', id).executeTakeFirst()
            const news = { kind, cause, users: [user_id], facts: factsColumn.read(facts) }
            return numDeletedRows === 1n ? announce(trx, publish, news, now) : []
          })
          await notifyAll(told)
        },
        (error, { id }) => log.error({ err: error, plan: id }, 'a planned message could not be stored; it is tried again'),
      )
    },
  }
}
export type Telling = ReturnType<typeof telling>
