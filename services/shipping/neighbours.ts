import { Value } from '@sinclair/typebox/value'
import { type Clients, unwrap } from '#shared/client'
import { AppError } from '#shared/errors'
import { Address, Id, t } from '#shared/schema'
import type { OrderApi } from '../order/app'
import type { Line } from './domain'

/** What shipping needs to know of an order. */
export interface Order {
  userId: number
  status: string
  option: string
  address: Address
  lines: readonly Line[]
}
export type AskOrder = (orderId: number) => Promise<Order>

const Sendable = t.Object({
  user_id: Id,
  status: t.String(),
  shipping_address: Address,
  shipping_option: t.String({ minLength: 1, maxLength: 16 }),
  items: t.Array(t.Object({ product_id: t.String(), sku: t.String(), quantity: t.Integer({ minimum: 1 }) }), { minItems: 1 }),
})

/** An order that lacks what a parcel needs is a fault to be looked at: its message ends among the dead letters and can be played again. */
export const askOrder = (client: Clients): AskOrder => {
  const api = client<OrderApi>('order')
  return async orderId => {
    const answer: unknown = await unwrap(api.internal.orders({ id: orderId }).get())
    if (!Value.Check(Sendable, answer))
      throw new AppError('failed', 'order_not_sendable', `Order ${orderId} lacks an address, lines or another thing that a parcel needs.`)
    const { user_id: userId, status, shipping_option: option, shipping_address: address, items } = answer
    return { userId, status, option, address, lines: items.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity })) }
  }
}
