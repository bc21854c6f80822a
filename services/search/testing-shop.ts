import { orderStatusUpdated, paymentRefunded, productCreated, productDeleted, userDeleted } from '#shared/catalog'
import type { Message } from '#shared/event'
import { messageOf } from '#shared/testing'
import { type CatalogProduct, catalogProduct, testSearch } from './testing'

type Status = 'pending' | 'awaiting_payment' | 'paid' | 'fulfilling' | 'shipped' | 'delivered' | 'cancelled'
export interface OrderTold {
  order_id: number
  user_id?: number
  product_ids: readonly string[]
  at?: Date
}

export const told = (status: Status, previous: Status, { order_id, user_id = 1, product_ids, at = new Date() }: OrderTold): Message =>
  messageOf(
    orderStatusUpdated(
      { id: order_id, version: 3 },
      {
        order_id,
        user_id,
        status,
        previous,
        payment_status: 'paid',
        items: product_ids.map(product_id => ({ product_id, sku: `SKU-${product_id}`, quantity: 2 })),
      },
    ),
    { at },
  )
export const paid = (order: OrderTold) => told('paid', 'awaiting_payment', order)
export const cancelled = (order: OrderTold) => told('cancelled', 'paid', order)
export const refunded = (order_id: number, total_refunded: number, more: object = {}) =>
  messageOf(
    paymentRefunded(
      { id: order_id, version: 2 },
      {
        payment_id: order_id,
        order_id,
        user_id: 1,
        amount: total_refunded,
        currency: 'USD',
        payment_method: 'credit_card',
        transaction_id: 't',
        refund_id: 1,
        total_refunded,
        captured: 100,
        ...more,
      },
    ),
  )
export const accountDeleted = (user_id: number) => messageOf(userDeleted({ id: user_id, version: 2 }, { user_id }))

/** A shop whose products are in the index of `one`, the instance that a test asks. */
export const testShop = async () => {
  const test = await testSearch()
  const one = await test.instance()
  let orders = 0
  const shop = {
    ...test,
    one,
    async add(fields: Partial<CatalogProduct> = {}): Promise<CatalogProduct> {
      const product = catalogProduct(fields)
      const { version, ...view } = product
      const opening = { opening_stock: [{ sku: view.sku, quantity: view.stock }] }
      await one.handle(messageOf(productCreated({ id: view.id, version }, { ...view, ...opening })))
      return product
    },
    archive: ({ id, version, sku }: CatalogProduct) =>
      one.handle(messageOf(productDeleted({ id, version: version + 1 }, { product_id: id, skus: [sku] }))),
    /** `times` orders of these products. */
    async buy(products: readonly { id: string }[], times = 1, more: Partial<OrderTold> = {}): Promise<void> {
      for (let n = 0; n < times; n++)
        await one.handle(paid({ order_id: ++orders, user_id: 1000 + orders, product_ids: products.map(({ id }) => id), ...more }))
    },
    /** The ids that are recommended, by reason, and all in their order. */
    async recommended(path: string, headers: Record<string, string> = {}) {
      const { status, body } = await one.recommend('GET', path, undefined, headers)
      if (status !== 200) throw new Error(`${path}: ${JSON.stringify(body)}`)
      const items: { id: string; category: string; reason: string; stock: number }[] = body.items
      return {
        items,
        ids: items.map(({ id }) => id),
        because: (reason: string) => items.filter(one => one.reason === reason).map(({ id }) => id),
      }
    },
  }
  return shop
}
export type TestShop = Awaited<ReturnType<typeof testShop>>
