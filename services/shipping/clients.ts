import { Value } from '@sinclair/typebox/value'
import { Address } from '#shared/address'
import { batchingLoader } from '#shared/batching-loader'
import { chunks } from '#shared/chunks'
import { ask, type Clients, unwrap } from '#shared/client'
import { AppError, notFound } from '#shared/errors'
import { toMinor } from '#shared/money'
import { Id, t } from '#shared/schema'
import { second } from '#shared/time'
import type { OrderApi } from '../order/app'
import type { ProductApi } from '../product/app'
import type { UserApi } from '../user/app'
import type { CatalogPrice } from './domain-quotes'

/** Who a label names, as far as their account says. */
export interface Recipient {
  name: string
  phone?: string
}
export interface OrderToShip {
  userId: number
  status: string
  option: string
  address: Address
}

const OrderAnswer = t.Object({
  user_id: Id,
  status: t.String(),
  shipping_address: Address,
  shipping_option: t.String({ minLength: 1, maxLength: 16 }),
})

/** As many orders or products as one question may name. */
const mostIds = 100
/** Somebody waits for a quote, which can do without the catalog. */
const catalogDeadlineMs = second

/** What shipping asks of other services. */
export const shippingClients = (client: Clients) => {
  const orders = client<OrderApi>('order')
  const users = client<UserApi>('user')
  const products = client<ProductApi>('product', { deadlineMs: catalogDeadlineMs })
  /** Orders that are wanted at the same moment, as by messages that arrive together, are asked for together. */
  const orderOf = batchingLoader<unknown>(async ids => {
    const answers = await Promise.all(
      chunks(ids, mostIds).map(some => unwrap(orders.internal.orders.batch.post({ ids: some.map(Number) }))),
    )
    return new Map(answers.flatMap(({ items }) => items).map(order => [`${order.order_id}`, order]))
  })
  return {
    /** Undefined once the user is erased. */
    async recipientOf(userId: number): Promise<Recipient | undefined> {
      const [user] = (await unwrap(users.internal.users.contacts.post({ ids: [userId] }))).items
      return user && { name: user.full_name, ...(user.phone !== null && { phone: user.phone }) }
    },

    /** What the products that are sold cost now, in minor units. */
    async catalogPrices(ids: readonly string[]): Promise<ReadonlyMap<string, CatalogPrice>> {
      const answers = await Promise.all(
        chunks([...new Set(ids)], mostIds).map(some => ask('product', products.internal.prices.post({ ids: some }))),
      )
      const sold = answers.flatMap(({ items }) => items).filter(({ status }) => status === 'active')
      return new Map(
        sold.map(({ id, currency, price, variants }) => {
          const inMinor = variants.map(variant => ({ sku: variant.sku, price: toMinor(variant.price, currency) }))
          return [id, { currency, price: toMinor(price, currency), variants: inMinor }]
        }),
      )
    },

    /** An answer that lacks what a shipment needs is an error. The message that led to it becomes a dead letter and can be replayed. */
    async orderToShip(orderId: number): Promise<OrderToShip> {
      const answer = await orderOf(`${orderId}`)
      if (answer === undefined) throw notFound('order')
      if (!Value.Check(OrderAnswer, answer))
        throw new AppError(
          'failed',
          'order_not_sendable',
          `Order ${orderId} has no address or no shipping option. Correct the order, then try again.`,
        )
      const { user_id: userId, status, shipping_option: option, shipping_address: address } = answer
      return { userId, status, option, address }
    },
  }
}
export type ShippingClients = ReturnType<typeof shippingClients>
