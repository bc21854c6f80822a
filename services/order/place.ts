import { orderCreated, orderPaymentTimeout } from '#shared/catalog'
import { conflict, forbidden, invalid } from '#shared/errors'
import type { Publish } from '#shared/event'
import { type Answer, idempotently } from '#shared/idempotency'
import { sumOf, toMajor } from '#shared/money'
import { entryOf, identified } from './changes'
import { type Buyer, type ItemRow, type Order, type OrderRow, type OrderSql, reservationGraceMs, type Terms, type Trx } from './database'
import { nothingHeard } from './domain'
import { type PricedLine, priceLines, shareDiscount, totalOf, type Wanted, worthOf } from './domain-pricing'
import { type NewOrder, type OrderView, orderView } from './model'
import { majorAmounts, type Neighbours, type Priced, placeOf } from './neighbours'

/** Carriage and tax of priced lines to an address: asked when an order is placed, and again when its address changes. */
export const carriageAndTax = async ({ shippingOptions, taxes }: Neighbours, goods: Priced & { option: string; freeShipping: boolean }) => {
  const options = await shippingOptions(goods, sumOf(goods.net))
  const price = options.get(goods.option)
  if (price === undefined) throw invalid('unknown_shipping_option', 'Nothing is shipped that way to this address; ask for a quote first.')
  const shipping = goods.freeShipping ? 0 : price
  return { shipping, ...(await taxes(goods, shipping)) }
}

export const placing = ({ sql, neighbours, terms }: { sql: OrderSql; neighbours: Neighbours; terms: Terms }) => {
  const wantedBy = async (userId: number, body: NewOrder): Promise<{ wanted: readonly Wanted[]; coupon: string | undefined }> => {
    if ((body.items !== undefined) === (body.from_cart === true))
      throw invalid('items_or_cart', 'Send either `items`, or `from_cart: true` to order what is in the cart.')
    if (body.items) return { wanted: body.items, coupon: body.coupon_code }
    const { items, coupon_code } = await neighbours.cart(userId)
    if (items.length === 0) throw conflict('cart_empty', 'There is nothing in the cart.')
    return { wanted: items, coupon: body.coupon_code ?? coupon_code }
  }

  /** Everything that an order costs, as the four who know say it. */
  const price = async (userId: number, body: NewOrder) => {
    const { wanted, coupon } = await wantedBy(userId, body)
    const products = await neighbours.products([...new Set(wanted.map(line => line.product_id))])
    const { currency, lines } = priceLines(wanted, products, body.currency)
    const worth = worthOf(lines)
    const subtotal = sumOf(worth)
    const promised = await neighbours.discounts(currency, lines, { user_id: userId, coupon })
    if (promised.coupon && !promised.coupon.valid)
      throw conflict('coupon_rejected', `The coupon cannot be used: ${promised.coupon.reason ?? 'it does not apply'}.`)
    const shares = shareDiscount(worth, promised.discount, promised.shares)
    const discount = sumOf(shares)
    const net = worth.map((amount, line) => amount - shares[line]!)
    const goods = { currency, lines, net, address: body.shipping_address }
    const option = body.shipping_option ?? 'standard'
    const { free_shipping: freeShipping, campaigns } = promised
    const { shipping, tax, perLine, taxLines } = await carriageAndTax(neighbours, { ...goods, option, freeShipping })
    const amounts = { subtotal, discount, tax, shipping }
    const code = promised.coupon?.code ?? coupon
    return { ...goods, option, freeShipping, campaigns, coupon: code, shares, perLine, taxLines, amounts, total: totalOf(amounts) }
  }
  type Priced = Awaited<ReturnType<typeof price>>

  /** Order, lines, timeline, and the events with the alarm that ends the wait for payment: all or nothing. */
  const store = async (trx: Trx, publish: Publish, userId: number, priced: Priced, fromCart: boolean): Promise<Order> => {
    const { currency, amounts, total, address, option, coupon, campaigns, taxLines } = priced
    const now = new Date()
    const payment_due_at = new Date(now.getTime() + terms.paymentTimeoutMs)
    const stored = {
      user_id: userId,
      status: 'pending' as const,
      payment_status: 'unpaid' as const,
      currency,
      ...amounts,
      total,
      coupon_code: coupon ?? null,
      shipping_option: option,
      shipping_address: JSON.stringify(address),
      cancel_reason: null,
      facts: JSON.stringify(nothingHeard),
      version: 1,
      payment_due_at,
      reservation_expires_at: new Date(payment_due_at.getTime() + reservationGraceMs),
      created_at: now,
      updated_at: now,
    }
    const flags = { free_shipping: priced.freeShipping, promised: coupon !== undefined || campaigns.length > 0 }
    const { insertId } = await trx
      .insertInto('orders')
      .values({ ...stored, ...flags })
      .executeTakeFirstOrThrow()
    const id = Number(insertId)
    const items: ItemRow[] = priced.lines.map((line, index) => {
      return { order_id: id, line: index + 1, ...line, discount: priced.shares[index]!, tax: priced.perLine[index]! }
    })
    await trx.insertInto('order_items').values(items).execute()

    const created = identified(
      orderCreated(
        { id, version: 1 },
        {
          order_id: id,
          user_id: userId,
          items: priced.lines.map(line => eventLine(line, currency)),
          ...majorAmounts(amounts, total, currency),
          tax_lines: taxLines,
          currency,
          ...(coupon !== undefined && { coupon_code: coupon }),
          ...(campaigns.length > 0 && { campaigns }),
          ...(fromCart && { from_cart: true }),
          shipping_option: option,
          destination: placeOf(address),
          payment_due_at: payment_due_at.toISOString(),
          reservation_expires_at: stored.reservation_expires_at.toISOString(),
        },
      ),
    )
    await trx
      .insertInto('timeline')
      .values({ order_id: id, ...entryOf(created, { status: 'pending', total_amount: toMajor(total, currency), currency }) })
      .execute()
    publish(created, orderPaymentTimeout({ id, version: 1 }, { order_id: id }, { at: payment_due_at, term: 'standard' }))
    const unclaimed = { claim_payment_id: null, claim_until: null, cancel_requested_at: null, user_erased: 0, captured: 0, refunded: 0 }
    const row: OrderRow = { id, ...stored, ...unclaimed, free_shipping: Number(flags.free_shipping), promised: Number(flags.promised) }
    return { row, items }
  }

  /** An answer that is given once for a key: with the order if it could be placed, which the same request may try again if not. */
  return async (buyer: Buyer, body: NewOrder, key: string | undefined): Promise<Answer<OrderView>> => {
    const userId = body.user_id ?? buyer.id
    if (userId !== buyer.id && buyer.role !== 'admin') throw forbidden('Orders are placed for yourself; leave `user_id` out.')
    return idempotently(sql, { scope: `${buyer.id} POST /api/orders`, key, body }, async save => {
      const priced = await price(userId, body)
      return sql.transaction(async (trx, publish) => {
        const order = await store(trx, publish, userId, priced, body.from_cart === true)
        return save(trx, { status: 201, headers: { location: `/api/orders/${order.row.id}` }, body: orderView(order) })
      })
    })
  }
}
export type PlaceOrder = ReturnType<typeof placing>

const eventLine = ({ product_id, sku, quantity, price, category }: PricedLine, currency: string) => ({
  product_id,
  sku,
  quantity,
  price: toMajor(price, currency),
  category,
})
