import { maySee } from '#shared/auth'
import { orderCancelled, orderStatusUpdated } from '#shared/catalog'
import { notFound } from '#shared/errors'
import type { Aggregate, Draft, Message, Publish } from '#shared/event'
import { toMajor } from '#shared/money'
import { defer, newValues } from '#shared/sql'
import { type Buyer, dataColumn, erasedAddress, factsColumn, type LockedOrder, linesColumn, type OrderRow, type Trx } from './database'
import { bareLine, type Fact, isOver } from './domain'
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

/** The rows stay locked until the transaction ends: changes of one order happen one after the other. They are locked in the order of their ids. */
export const loadLockedOrders = async (trx: Trx, ids: readonly number[]): Promise<LockedOrder[]> => {
  const rows = await trx.selectFrom('orders').selectAll().where('id', 'in', ids).orderBy('id').forUpdate().execute()
  const older = rows.filter(({ lines }) => lines === null).map(({ id }) => id)
  const items =
    older.length === 0 ? [] : await trx.selectFrom('order_items').selectAll().where('order_id', 'in', older).orderBy('line').execute()
  const itemsOf = Map.groupBy(items, item => item.order_id)
  return rows.map(row => ({ row, lines: row.lines === null ? (itemsOf.get(row.id) ?? []) : linesColumn.read(row.lines) }))
}
export const loadLockedOrder = async (trx: Trx, id: number): Promise<LockedOrder | undefined> => (await loadLockedOrders(trx, [id]))[0]

/** Fails unless the order is the buyer's own, or the buyer is an admin. */
export const loadOwnLockedOrder = async (trx: Trx, id: number, buyer: Buyer): Promise<LockedOrder> => {
  const order = await loadLockedOrder(trx, id)
  if (!order || !maySee(buyer, order.row.user_id)) throw notFound('order')
  return order
}

/** What a status event says of the order besides its step. */
interface OrderAfterStep {
  version: number
  payment_status: string
}
const statusEvents = (
  { row, lines }: LockedOrder,
  { from, to, reason, by, due }: ToldStep,
  { version, payment_status }: OrderAfterStep,
) => {
  const { id, user_id, shipping_option } = row
  const about = { order_id: id, user_id, items: lines.map(bareLine) }
  const at = { id, version }
  const data = { status: to, previous: from, ...(reason && { reason }), ...(by && { cancelled_by: by }) }
  const due_amount = due === undefined ? {} : { due_amount: toMajor(due, row.currency) }
  const more = { ...due_amount, ...(to === 'delivered' && { shipping_option }) }
  const drafts = [orderStatusUpdated(at, { ...about, ...data, payment_status, ...more })]
  if (to === 'cancelled' && reason) drafts.push(orderCancelled(at, { ...about, reason }))
  return { drafts, data }
}

/** Nobody asks for the order to be cancelled. */
export const noRequest = { cancel_requested_at: null, cancel_requested_by: null }

/** All columns that a change may set. */
const changeableColumns = [
  'status',
  'payment_status',
  'cancel_reason',
  'facts',
  'captured',
  'refunded',
  'version',
  'updated_at',
  'tax',
  'shipping',
  'total',
  'shipping_address',
  'payment_due_at',
  'reservation_expires_at',
  'claim_payment_id',
  'claim_until',
  'cancel_requested_at',
  'cancel_requested_by',
] as const

export interface OrderChange {
  facts?: readonly Fact[]
  set?: Partial<Pick<OrderRow, (typeof changeableColumns)[number]>>
  entries?: readonly Entry[]
  /**
   * Events of the change itself, published before those of the steps that follow. The timeline shows them with `data`, except timers. It shows
   * them under `type` if that is given, else under their own type.
   */
  events?: (at: Aggregate) => { drafts: Draft[]; data: object; type?: string }
}
interface ChangeResult {
  /** The same object if nothing of it changes. */
  order: LockedOrder
  entries: OrderEntry[]
}
type OrderEntry = Entry & { order_id: number }

/** Adds the facts to a locked order, takes the steps that they lead to, and publishes the events. `storeChanges` stores what comes out. */
export const applyChange = (
  order: LockedOrder,
  { facts: added = [], set = {}, entries: given = [], events }: OrderChange,
  publish: Publish,
): ChangeResult => {
  const { row, lines } = order
  const known = { facts: factsColumn.read(row.facts), hasPromise: row.promised === 1, total: set.total ?? row.total, lines }
  const { facts, steps, payment_status, captured, refunded } = afterFacts({ status: row.status, ...known }, added)
  const entries = [...given]
  let version = row.version

  const publishAll = ({ drafts, data, type }: { drafts: Draft[]; data: object; type?: string }) => {
    for (const draft of drafts.map(withEventId)) {
      if (!draft.dueAt) entries.push({ ...entryOfEvent(draft, data), ...(type && { type }) })
      publish(draft)
    }
  }
  if (events) publishAll(events({ id: row.id, version: ++version }))
  for (const step of steps) publishAll(statusEvents(order, step, { version: ++version, payment_status }))

  const last = steps.at(-1)
  const values = {
    ...set,
    facts: factsColumn.write(facts),
    payment_status,
    captured,
    refunded,
    version,
    ...(last && { status: last.to }),
    ...(last?.reason && { cancel_reason: last.reason }),
    ...(last && isOver(last.to) && { ...noRequest, ...(row.user_erased === 1 && { shipping_address: erasedAddress }) }),
  }
  const ofOrder = entries.map(entry => ({ order_id: row.id, ...entry }))
  if (Bun.deepEquals({ ...row, ...values }, row)) return { order, entries: ofOrder }
  return { order: { row: { ...row, ...values, updated_at: new Date() }, lines }, entries: ofOrder }
}

/**
 * Stores the rows of locked orders, and adds to their timelines. The insert only ever updates, since the rows exist: of them it sets the
 * `changeableColumns`. `lines` is none of these and is sent as null, which keeps the statement short.
 */
export const storeChanges = async (trx: Trx, rows: readonly OrderRow[], entries: readonly OrderEntry[]): Promise<void> => {
  if (rows.length > 0)
    await defer(
      trx
        .insertInto('orders')
        .values(
          rows.map(row => ({
            ...row,
            lines: null,
            free_shipping: row.free_shipping === 1,
            promised: row.promised === 1,
            user_erased: row.user_erased === 1,
          })),
        )
        .onDuplicateKeyUpdate(newValues(...changeableColumns)),
    )
  if (entries.length > 0) await defer(trx.insertInto('timeline').ignore().values(entries))
}

/** Changes one locked order. */
export const changeOrder = async (trx: Trx, publish: Publish, order: LockedOrder, change: OrderChange): Promise<LockedOrder> => {
  const { order: after, entries } = applyChange(order, change, publish)
  await storeChanges(trx, after.row === order.row ? [] : [after.row], entries)
  return after
}
