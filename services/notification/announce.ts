import { notificationCreated } from '#shared/catalog'
import type { Publish } from '#shared/event'
import type { LiveSubject } from '#shared/live-streams'
import { insertOnce, isDuplicate } from '#shared/sql'
import { hour } from '#shared/time'
import { choicesColumn, factsColumn, historyColumn, type RecipientRow, type Trx } from './database'
import { type Kind, kinds } from './domain'
import { wantedChannels } from './domain-preferences'
import { lockRecipients } from './recipients'

/** Something that people are told. */
export interface News {
  kind: Kind
  /** The id of the event, or what several events have in common that are told of once: with the user and the kind it is unique. */
  cause: string
  users: readonly number[]
  facts: Record<string, unknown>
}

/**
 * Stores the messages and deliveries of some news, each once however often it is announced, and answers the newest message of each person
 * who got one in the shop. The rows of the recipients stay locked until the commit, so a person's messages appear in the order of their ids.
 */
export const announce = async (trx: Trx, publish: Publish, news: News, now = new Date()): Promise<LiveSubject[]> => {
  const told: LiveSubject[] = []
  for (const recipient of await lockRecipients(trx, news.users)) {
    if (recipient.erased_at) continue
    const wanted = wantedChannels(choicesColumn.read(recipient.choices), news.kind)
    if (wanted.includes('in_app')) {
      const id = await insertMessage(trx, recipient.user_id, news, now)
      if (id === undefined) continue
      publish(notificationCreated({ id, version: 1 }, { notification_id: id, user_id: recipient.user_id, kind: news.kind }))
      told.push({ id: recipient.user_id, version: id })
    }
    const outgoing = wanted.filter(channel => channel !== 'in_app').filter(channel => channel !== 'push' || recipient.device_count > 0)
    const isCollected = kinds[news.kind].collected === true && outgoing.includes('email')
    if (isCollected) await addToDigest(trx, recipient, news, now)
    const rows = outgoing
      .filter(channel => !(isCollected && channel === 'email'))
      .map(channel => ({ ...queued(news, now), user_id: recipient.user_id, channel, due_at: now, queued_at: now }))
    if (rows.length > 0) await insertOnce(trx.insertInto('deliveries').values(rows))
  }
  return told
}

const queued = ({ kind, cause, facts }: Pick<News, 'kind' | 'cause' | 'facts'>, now: Date) => ({
  kind,
  cause,
  facts: factsColumn.write(facts),
  state: 'queued' as const,
  history: historyColumn.write([{ at: now.toISOString(), state: 'queued' }]),
  created_at: now,
})

/** Undefined when this was told before. */
const insertMessage = async (trx: Trx, user_id: number, { kind, cause, facts }: News, now: Date): Promise<number | undefined> => {
  try {
    const values = { user_id, kind, cause, facts: factsColumn.write(facts), created_at: now }
    const { insertId } = await trx.insertInto('messages').values(values).executeTakeFirstOrThrow()
    return Number(insertId)
  } catch (error) {
    if (isDuplicate(error)) return undefined
    throw error
  }
}

/** Adds to the digest that waits; there is a new one when the last was sent, or is being sent at this moment. */
const addToDigest = async (trx: Trx, recipient: RecipientRow, { kind, cause, facts }: News, now: Date): Promise<void> => {
  const { user_id, digest_id, digest_due_at } = recipient
  const known = trx.selectFrom('digest_entries').select('id').where('cause', '=', cause).where('user_id', '=', user_id)
  if (await known.where('kind', '=', kind).executeTakeFirst()) return
  const waiting =
    digest_id !== null &&
    (await trx
      .selectFrom('deliveries')
      .select('id')
      .where('id', '=', digest_id)
      .where('state', '=', 'queued')
      .where('claims', '=', 0)
      .forUpdate()
      .executeTakeFirst())
  let id = waiting ? waiting.id : undefined
  if (id === undefined) {
    const due_at = new Date(Math.max(now.getTime(), (digest_due_at?.getTime() ?? 0) + hour))
    const digest = { ...queued({ kind: 'digest', cause, facts: {} }, now), user_id, channel: 'email' as const, due_at, queued_at: due_at }
    id = Number((await trx.insertInto('deliveries').values(digest).executeTakeFirstOrThrow()).insertId)
    await trx.updateTable('recipients').set({ digest_id: id, digest_due_at: due_at }).where('user_id', '=', user_id).execute()
  }
  await trx
    .insertInto('digest_entries')
    .values({ delivery_id: id, user_id, kind, cause, facts: factsColumn.write(facts) })
    .execute()
}
