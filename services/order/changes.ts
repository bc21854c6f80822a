import { orderCancelled, orderStatusUpdated } from '#shared/catalog'
import { notFound } from '#shared/errors'
import type { Aggregate, Draft, Message, Publish } from '#shared/event'
import type { Buyer, Order, OrderRow, Trx } from './database'
import { type Fact, type Facts, isOver, learn, paidOf, paymentStatusOf, type Step, stepsFrom } from './domain'

/** Something that happened to an order, as its timeline shows it. */
interface Entry {
  event_id: string
  type: string
  service: string
  at: Date
  data: string
}
export const toldBy = ({ id, type, source, time }: Message, data: object): Entry => ({
  event_id: id,
  type,
  service: source,
  at: new Date(time),
  data: JSON.stringify(data),
})
/** What nobody else is told of. */
export const noted = (type: string, data: object = {}): Entry => ({
  event_id: Bun.randomUUIDv7(),
  type,
  service: 'order',
  at: new Date(),
  data: JSON.stringify(data),
})
/** Gives an event its id beforehand, so that the timeline can name it. */
export const identified = (draft: Draft): Draft & { id: string } => ({ ...draft, id: Bun.randomUUIDv7() })
export const entryOf = ({ id, body }: Draft & { id: string }, data: object): Entry => ({ ...noted(body.type, data), event_id: id })

/** In the place of an address whose owner is gone. */
export const erased = JSON.stringify('erased')
export const factsOf = ({ facts }: Pick<OrderRow, 'facts'>): Facts => JSON.parse(facts)

/** The row stays locked until the transaction ends: whatever happens to one order happens one after the other. */
export const lockOrder = async (trx: Trx, id: number): Promise<Order | undefined> => {
  const row = await trx.selectFrom('orders').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) return undefined
  return { row, items: await trx.selectFrom('order_items').selectAll().where('order_id', '=', id).orderBy('line').execute() }
}

/** Theirs, or anybody's for an admin. */
export const lockOwn = async (trx: Trx, id: number, { id: userId, role }: Buyer): Promise<Order> => {
  const order = await lockOrder(trx, id)
  if (!order || (order.row.user_id !== userId && role !== 'admin')) throw notFound('order')
  return order
}

const statusEvents = ({ row, items }: Order, { from, to, reason }: Step, version: number, payment_status: string) => {
  const { id, user_id } = row
  const lines = items.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
  const about = { order_id: id, user_id, items: lines }
  const at = { id, version }
  const change = { status: to, previous: from, ...(reason && { reason }) }
  const events = [{ draft: identified(orderStatusUpdated(at, { ...about, ...change, payment_status })), data: change }]
  if (to === 'cancelled' && reason) events.push({ draft: identified(orderCancelled(at, { ...about, reason })), data: change })
  return events
}

export interface Change {
  facts?: readonly Fact[]
  set?: Partial<Omit<OrderRow, 'id' | 'free_shipping' | 'promised' | 'user_erased'>>
  entries?: readonly Entry[]
  /** An event of its own, beside those of the steps that follow; a timer is not shown in the timeline. */
  tell?: (at: Aggregate) => { drafts: Draft[]; data: object }
}

/** Takes in what happened to a locked order: facts, the steps that they lead to, the timeline, and who is told. */
export const change = async (
  trx: Trx,
  publish: Publish,
  order: Order,
  { facts: news = [], set = {}, entries: given = [], tell }: Change,
): Promise<Order> => {
  const { row, items } = order
  const facts = news.reduce(learn, factsOf(row))
  const total = set.total ?? row.total
  const steps = stepsFrom(row.status, { facts, hasPromise: row.promised === 1, total, lines: items })
  const payment_status = paymentStatusOf(facts)
  const entries = [...given]
  let version = row.version

  if (tell) {
    const { drafts, data } = tell({ id: row.id, version: ++version })
    for (const draft of drafts.map(identified)) {
      if (!draft.dueAt) entries.push(entryOf(draft, data))
      publish(draft)
    }
  }
  for (const step of steps) {
    for (const { draft, data } of statusEvents(order, step, ++version, payment_status)) {
      entries.push(entryOf(draft, data))
      publish(draft)
    }
  }

  const last = steps.at(-1)
  const { captured, refunded } = paidOf(facts)
  const changed = {
    ...set,
    facts: JSON.stringify(facts),
    payment_status,
    captured,
    refunded,
    version,
    updated_at: new Date(),
    ...(last && { status: last.to }),
    ...(last?.reason && { cancel_reason: last.reason }),
    ...(last && isOver(last.to) && { cancel_requested_at: null, ...(row.user_erased === 1 && { shipping_address: erased }) }),
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
