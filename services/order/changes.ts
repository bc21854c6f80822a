import { orderCancelled, orderStatusUpdated } from '#shared/catalog'
import { notFound } from '#shared/errors'
import type { Aggregate, Draft, Message, Publish } from '#shared/event'
import { toMajor } from '#shared/money'
import { type Buyer, dataColumn, erasedAddress, factsColumn, type Order, type OrderRow, type Trx } from './database'
import { type Fact, isOver } from './domain'
import { afterFacts, type ToldStep } from './domain-changes'

/** Something that happened to an order, as its timeline shows it. */
interface Entry {
  event_id: string
  type: string
  service: string
  at: Date
  data: string
}
export const entryOfMessage = ({ id, type, source, time }: Message, data: object): Entry => ({
  event_id: id,
  type,
  service: source,
  at: new Date(time),
  data: dataColumn.write(data),
})
/** Something that order publishes no event about. */
export const ownEntry = (type: string, data: object = {}): Entry => ({
  event_id: Bun.randomUUIDv7(),
  type,
  service: 'order',
  at: new Date(),
  data: dataColumn.write(data),
})
/** An event gets its id before it is stored, so that the timeline can name it. */
export const withEventId = (draft: Draft): Draft & { id: string } => ({ ...draft, id: Bun.randomUUIDv7() })
export const entryOfEvent = ({ id, body }: Draft & { id: string }, data: object): Entry => ({ ...ownEntry(body.type, data), event_id: id })

/** The row stays locked until the transaction ends: changes of one order happen one after the other. */
export const loadLockedOrder = async (trx: Trx, id: number): Promise<Order | undefined> => {
  const row = await trx.selectFrom('orders').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) return undefined
  return { row, items: await trx.selectFrom('order_items').selectAll().where('order_id', '=', id).orderBy('line').execute() }
}

/** Fails unless the order is the buyer's own, or the buyer is an admin. */
export const loadOwnLockedOrder = async (trx: Trx, id: number, { id: userId, role }: Buyer): Promise<Order> => {
  const order = await loadLockedOrder(trx, id)
  if (!order || (order.row.user_id !== userId && role !== 'admin')) throw notFound('order')
  return order
}

interface AfterChange {
  version: number
  payment_status: string
}
const statusEvents = ({ row, items }: Order, { from, to, reason, due }: ToldStep, { version, payment_status }: AfterChange) => {
  const { id, user_id } = row
  const lines = items.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
  const about = { order_id: id, user_id, items: lines }
  const at = { id, version }
  const data = { status: to, previous: from, ...(reason && { reason }) }
  const due_amount = due === undefined ? {} : { due_amount: toMajor(due, row.currency) }
  const drafts = [orderStatusUpdated(at, { ...about, ...data, payment_status, ...due_amount })]
  if (to === 'cancelled' && reason) drafts.push(orderCancelled(at, { ...about, reason }))
  return { drafts, data }
}

export interface OrderChange {
  facts?: readonly Fact[]
  set?: Partial<Omit<OrderRow, 'id' | 'free_shipping' | 'promised' | 'user_erased'>>
  entries?: readonly Entry[]
  /** Events of the change itself, published before those of the steps that follow. The timeline shows them with `data`, but for timers. */
  events?: (at: Aggregate) => { drafts: Draft[]; data: object }
}

/** Changes a locked order: adds the facts, takes the steps that they lead to, writes the timeline and publishes the events. */
export const changeOrder = async (
  trx: Trx,
  publish: Publish,
  order: Order,
  { facts: added = [], set = {}, entries: given = [], events }: OrderChange,
): Promise<Order> => {
  const { row, items } = order
  const known = { facts: factsColumn.read(row.facts), hasPromise: row.promised === 1, total: set.total ?? row.total, lines: items }
  const { facts, steps, payment_status, captured, refunded } = afterFacts({ status: row.status, ...known }, added)
  const entries = [...given]
  let version = row.version

  const publishAll = ({ drafts, data }: { drafts: Draft[]; data: object }) => {
    for (const draft of drafts.map(withEventId)) {
      if (!draft.dueAt) entries.push(entryOfEvent(draft, data))
      publish(draft)
    }
  }
  if (events) publishAll(events({ id: row.id, version: ++version }))
  for (const step of steps) publishAll(statusEvents(order, step, { version: ++version, payment_status }))

  const last = steps.at(-1)
  const changed = {
    ...set,
    facts: factsColumn.write(facts),
    payment_status,
    captured,
    refunded,
    version,
    updated_at: new Date(),
    ...(last && { status: last.to }),
    ...(last?.reason && { cancel_reason: last.reason }),
    ...(last && isOver(last.to) && { cancel_requested_at: null, ...(row.user_erased === 1 && { shipping_address: erasedAddress }) }),
  }
  await trx.updateTable('orders').set(changed).where('id', '=', row.id).execute()
  if (entries.length > 0)
    await trx
      .insertInto('timeline')
      .ignore()
      .values(entries.map(entry => ({ order_id: row.id, ...entry })))
      .execute()
  return { row: { ...row, ...changed }, items }
}
