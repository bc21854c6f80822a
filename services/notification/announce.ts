import type { Insertable } from 'kysely'
import { notificationCreated } from '#shared/catalog'
import type { Publish } from '#shared/event'
import type { LiveSubject } from '#shared/live-streams'
import { insertOnce } from '#shared/sql'
import { hour } from '#shared/time'
import { choicesColumn, factsColumn, historyColumn, type NotificationDb, type RecipientRow, type Trx } from './database'
import { type ChannelName, type Kind, kinds } from './domain'
import { wantedChannels } from './domain-preferences'

/** Something that people are told. */
export interface News {
  kind: Kind
  /** The id of the event, or what several events have in common that are told of once: with the user and the kind it is unique. */
  cause: string
  users: readonly number[]
  facts: Record<string, unknown>
}

/** Some news, with the `publish` of the event that brought it. */
export interface Announced {
  news: News
  publish: Publish
}

interface Identity {
  user_id: number
  kind: Kind
  cause: string
}
const keyOf = ({ user_id, kind, cause }: Identity) => `${user_id} ${kind} ${cause}`

/** The news of each person, once each. */
const byPerson = (all: readonly Announced[], recipients: readonly RecipientRow[]) => {
  const rows = new Map(recipients.map(row => [row.user_id, row]))
  const personal = new Map<string, Announced & Identity & { recipient: RecipientRow; channels: readonly ChannelName[] }>()
  for (const { news, publish } of all)
    for (const user_id of news.users) {
      const recipient = rows.get(user_id)
      const identity = { user_id, kind: news.kind, cause: news.cause }
      if (!recipient || recipient.erased_at || personal.has(keyOf(identity))) continue
      const channels = wantedChannels(choicesColumn.read(recipient.choices), news.kind)
      personal.set(keyOf(identity), { news, publish, recipient, channels, ...identity })
    }
  return [...personal.values()]
}

/**
 * Stores the messages and deliveries of some news, each once however often it is announced, and answers the newest message of each person
 * who got one in the shop. The rows of the recipients are locked until the commit, so a person's messages appear in the order of their ids.
 */
export const announce = async (
  trx: Trx,
  recipients: readonly RecipientRow[],
  all: readonly Announced[],
  now = new Date(),
): Promise<LiveSubject[]> => {
  const personal = byPerson(all, recipients)
  const shown = personal.filter(({ channels }) => channels.includes('in_app'))
  const ids = await insertMessages(
    trx,
    shown.map(({ user_id, kind, cause, news }) => ({ user_id, kind, cause, facts: factsColumn.write(news.facts), created_at: now })),
  )
  const newest = new Map<number, number>()
  const deliveries: NewDelivery[] = []
  for (const one of personal) {
    const { news, publish, recipient, channels, user_id, kind } = one
    if (channels.includes('in_app')) {
      const id = ids.get(keyOf(one))
      // It was told before.
      if (id === undefined) continue
      publish(notificationCreated({ id, version: 1 }, { notification_id: id, user_id, kind }))
      newest.set(user_id, id)
    }
    for (const channel of channels) {
      if (channel === 'in_app' || (channel === 'push' && recipient.device_count === 0)) continue
      if (channel === 'email' && kinds[kind].collected) await addToDigest(trx, recipient, news, now)
      else deliveries.push({ ...queued(news, now), user_id, channel, due_at: now, queued_at: now })
    }
  }
  await insertDeliveries(trx, deliveries)
  return [...newest].map(([id, version]) => ({ id, version }))
}

const queued = ({ kind, cause, facts }: Pick<News, 'kind' | 'cause' | 'facts'>, now: Date) => ({
  kind,
  cause,
  facts: factsColumn.write(facts),
  state: 'queued' as const,
  history: historyColumn.write([{ at: now.toISOString(), state: 'queued' }]),
  created_at: now,
})
type NewDelivery = Insertable<NotificationDb['deliveries']>
type NewMessage = Insertable<NotificationDb['messages']>

const idsIn = async (trx: Trx, table: 'messages' | 'deliveries', rows: readonly Identity[]): Promise<Map<string, number>> => {
  const causes = [...new Set(rows.map(({ cause }) => cause))]
  const users = [...new Set(rows.map(({ user_id }) => user_id))]
  const stored = trx.selectFrom(table).select(['id', 'user_id', 'kind', 'cause']).where('cause', 'in', causes).where('user_id', 'in', users)
  return new Map((await stored.execute()).map(row => [keyOf(row), row.id]))
}

/** Inserts what was not told before, and answers it. The locks of the recipients keep others from telling it meanwhile. */
const insertNew = async <Row extends Identity>(
  trx: Trx,
  table: 'messages' | 'deliveries',
  rows: readonly Row[],
  insert: (rows: readonly Row[]) => { execute(): Promise<unknown> },
): Promise<readonly Row[]> => {
  if (rows.length === 0 || (await insertOnce(insert(rows)))) return rows
  const known = await idsIn(trx, table, rows)
  const fresh = rows.filter(row => !known.has(keyOf(row)))
  if (fresh.length > 0) await insert(fresh).execute()
  return fresh
}

/** The ids of the new messages. */
const insertMessages = async (trx: Trx, rows: readonly NewMessage[]): Promise<ReadonlyMap<string, number | undefined>> => {
  const fresh = await insertNew(trx, 'messages', rows, some => trx.insertInto('messages').values(some))
  if (fresh.length === 0) return new Map()
  const ids = await idsIn(trx, 'messages', fresh)
  return new Map(fresh.map(row => [keyOf(row), ids.get(keyOf(row))]))
}

const insertDeliveries = (trx: Trx, rows: readonly NewDelivery[]) =>
  insertNew(trx, 'deliveries', rows, some => trx.insertInto('deliveries').values(some))

/**
 * Adds to the digest that waits for its hour, or for the end of quiet hours. There is a new one when the last was sent, is being sent at this
 * moment, or was tried before: its provider may have taken it.
 */
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
      // One that was postponed has been claimed, but not tried.
      .where('attempts', '=', 0)
      .forUpdate()
      .executeTakeFirst())
  let id = waiting ? waiting.id : undefined
  if (id === undefined) {
    const due_at = new Date(Math.max(now.getTime(), (digest_due_at?.getTime() ?? 0) + hour))
    const digest = { ...queued({ kind: 'digest', cause, facts: {} }, now), user_id, channel: 'email' as const, due_at, queued_at: due_at }
    id = Number((await trx.insertInto('deliveries').values(digest).executeTakeFirstOrThrow()).insertId)
    await trx.updateTable('recipients').set({ digest_id: id, digest_due_at: due_at }).where('user_id', '=', user_id).execute()
    // The next news of the same group finds this digest.
    Object.assign(recipient, { digest_id: id, digest_due_at: due_at })
  }
  await trx
    .insertInto('digest_entries')
    .values({ delivery_id: id, user_id, kind, cause, facts: factsColumn.write(facts) })
    .execute()
}
