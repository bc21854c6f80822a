import { orderCreated, orderPaymentTimeout } from '#shared/catalog'
import { forbidden } from '#shared/errors'
import type { Publish } from '#shared/event'
import { type Answer, idempotently } from '#shared/idempotency'
import { toMajor } from '#shared/money'
import { defer } from '#shared/sql'
import { entryOfEvent, noRequest, withEventId } from './changes'
import { checkouts } from './checkouts'
import type { OrderClients } from './clients'
import {
  addressColumn,
  type Buyer,
  factsColumn,
  type ItemRow,
  linesColumn,
  type Order,
  type OrderRow,
  type OrderSql,
  type Terms,
  type Trx,
} from './database'
import { bareLine, noFacts } from './domain'
import { reservationGraceMs } from './domain-claims'
import { totalOf } from './domain-pricing'
import { amountsData, destinationData, lineData } from './event-data'
import { type NewOrder, type OrderView, orderView } from './model'
import { type PricedOrder, priceOrder } from './price'

interface Placed {
  userId: number
  priced: PricedOrder
  fromCart: boolean
  paymentTimeoutMs: number
}

const newOrderRow = ({ userId, priced, paymentTimeoutMs }: Placed, now: Date) => {
  const { currency, amounts, address, option, coupon, campaigns, freeShipping } = priced
  const payment_due_at = new Date(now.getTime() + paymentTimeoutMs)
  return {
    user_id: userId,
    status: 'pending' as const,
    payment_status: 'unpaid' as const,
    currency,
    ...amounts,
    total: totalOf(amounts),
    free_shipping: freeShipping,
    coupon_code: coupon ?? null,
    promised: coupon !== undefined || campaigns.length > 0,
    shipping_option: option,
    shipping_address: addressColumn.write(address),
    cancel_reason: null,
    lines: linesColumn.write(priced.lines.map(bareLine)),
    facts: factsColumn.write(noFacts),
    version: 1,
    payment_due_at,
    reservation_expires_at: new Date(payment_due_at.getTime() + reservationGraceMs),
    created_at: now,
    updated_at: now,
  }
}

/** A new row as it is read: its other columns have their defaults. */
const asRead = (id: number, stored: ReturnType<typeof newOrderRow>): OrderRow => ({
  id,
  ...stored,
  free_shipping: Number(stored.free_shipping),
  promised: Number(stored.promised),
  captured: 0,
  refunded: 0,
  claim_payment_id: null,
  claim_until: null,
  ...noRequest,
  user_erased: 0,
})

const createdDraft = ({ id, user_id, payment_due_at, reservation_expires_at }: OrderRow, { priced, fromCart }: Placed) => {
  const { currency, coupon, campaigns } = priced
  return orderCreated(
    { id, version: 1 },
    {
      order_id: id,
      user_id,
      items: priced.lines.map(line => lineData(line, currency)),
      ...amountsData(priced.amounts, currency),
      tax_lines: priced.taxLines,
      currency,
      ...(coupon !== undefined && { coupon_code: coupon }),
      ...(campaigns.length > 0 && { campaigns }),
      ...(fromCart && { from_cart: true }),
      shipping_option: priced.option,
      destination: destinationData(priced.address),
      payment_due_at: payment_due_at.toISOString(),
      reservation_expires_at: reservation_expires_at.toISOString(),
    },
  )
}

/** Inserts the order, its lines and its first timeline entry, and publishes its event and the timer of its payment. */
const insertOrder = async (trx: Trx, publish: Publish, placed: Placed): Promise<Order> => {
  const stored = newOrderRow(placed, new Date())
  const { insertId } = await trx.insertInto('orders').values(stored).executeTakeFirstOrThrow()
  const id = Number(insertId)
  const row = asRead(id, stored)
  const items: ItemRow[] = placed.priced.lines.map(({ net: _, category_ids: __, tax_class = null, ...line }, index) => {
    return { order_id: id, line: index + 1, ...line, tax_class }
  })
  await defer(trx.insertInto('order_items').values(items))

  const created = withEventId(createdDraft(row, placed))
  const { status, total, currency, payment_due_at } = row
  const entry = entryOfEvent(created, { status, total_amount: toMajor(total, currency), currency })
  await defer(trx.insertInto('timeline').values({ order_id: id, ...entry }))
  publish(created, orderPaymentTimeout({ id, version: 1 }, { order_id: id }, { at: payment_due_at, term: 'standard' }))
  return { row, items }
}

interface Ports {
  sql: OrderSql
  clients: OrderClients
  terms: Pick<Terms, 'paymentTimeoutMs'>
}

/** A repeated Idempotency-Key gets the answer of the first request; after a failure the same key may be sent again. */
export const place = ({ sql, clients, terms }: Ports) => {
  const price = priceOrder(clients)
  const checkOut = checkouts(clients)
  return async (buyer: Buyer, body: NewOrder, key: string | undefined): Promise<Answer<OrderView>> => {
    const userId = body.user_id ?? buyer.id
    if (userId !== buyer.id && buyer.role !== 'admin') throw forbidden('You can place orders only for yourself; leave `user_id` out.')
    return idempotently(sql, { scope: `${buyer.id} POST /api/orders`, key, body }, async save => {
      const priced = await price(userId, body)
      const checkout = { userId, priced, token: key === undefined ? crypto.randomUUID() : `${buyer.id} ${key}` }
      return checkOut(checkout, () =>
        sql.transaction(async (trx, publish) => {
          const order = await insertOrder(trx, publish, { ...terms, userId, priced, fromCart: body.from_cart === true })
          return save(trx, { status: 201, headers: { location: `/api/orders/${order.row.id}` }, body: orderView(order) })
        }),
      )
    })
  }
}
