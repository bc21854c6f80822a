import { expect } from 'bun:test'
import type { Static } from '#shared/schema'
import { eventually } from '#shared/testing'
import type { NewOrder, OrderView, TimelineView } from '../services/order/model'
import type { OrderPaymentView, PaymentView, RefundView } from '../services/payment/model'
import type { ShipmentView } from '../services/shipping/model'
import type { Caller, List } from './caller'

/** The part of an order's body that names its goods. */
export const pieces = ({ id }: { id: string }, quantity = 1) => ({ items: [{ product_id: id, quantity }] })

/** Waits as `eventually` does, and spares the platform most of the requests. */
export const until = <T>(check: () => T | Promise<T>, timeoutMs = 15_000) => eventually(check, { timeoutMs, everyMs: 50 })

type OrderBody = Partial<NewOrder>
interface OrderToPay {
  id: number
  total_amount: number
}

/** A customer who is logged in, and what customers do. */
export const shopperOf = (id: number, caller: Caller) => {
  const { ask, call } = caller

  const order = (body: OrderBody, headers: Record<string, string> = {}) =>
    ask<OrderView>('POST', '/api/orders', { headers, body: { shipping_address: '123 Main St, City', ...body } })
  const orderOf = (orderId: number) => call<OrderView>('GET', `/api/orders/${orderId}`)
  const untilOrder = (orderId: number, status: OrderView['status'], timeoutMs?: number) =>
    until(async () => {
      const found = await orderOf(orderId)
      if (found.status !== status) throw new Error(`order ${orderId} is ${found.status}, not ${status}`)
      return found
    }, timeoutMs)
  const cancel = (orderId: number) => ask<OrderView>('POST', `/api/orders/${orderId}/cancel`)

  /** Orders, and waits until the order can be paid. */
  const place = async (body: OrderBody) => {
    const { status, body: placed } = await order(body)
    expect(status).toBe(201)
    return untilOrder(placed.id, 'awaiting_payment')
  }
  /** Pays the whole amount by card, unless told otherwise. */
  const pay = ({ id: order_id, total_amount: amount }: OrderToPay, more: object = {}, headers: Record<string, string> = {}) =>
    ask<PaymentView>('POST', '/api/payments', { headers, body: { order_id, amount, payment_method: 'credit_card', ...more } })
  /** Orders, pays, and waits until the goods can be sent. */
  const buy = async (body: OrderBody) => {
    const placed = await place(body)
    expect((await pay(placed)).status).toBe(201)
    return untilOrder(placed.id, 'fulfilling')
  }

  const paymentsOf = async (orderId: number) => (await call<List<PaymentView>>('GET', `/api/payments?order_id=${orderId}&limit=100`)).items
  const paymentOf = (orderId: number) => call<Static<typeof OrderPaymentView>>('GET', `/api/payments/order/${orderId}`)
  /** All payments of an order together: what each captured, what was refunded, and what the shop holds of it. */
  const moneyOf = async (orderId: number) => {
    const payments = (await paymentsOf(orderId)).filter(({ captured_amount }) => captured_amount > 0)
    const refunds = payments.map(async payment => (await call<List<RefundView>>('GET', `/api/payments/${payment.id}/refunds`)).items)
    return {
      captured: payments.map(({ captured_amount }) => captured_amount),
      refunds: (await Promise.all(refunds)).flat().map(({ amount }) => amount),
      held: payments.reduce((sum, { captured_amount, refunded_amount }) => sum + captured_amount - refunded_amount, 0),
    }
  }

  const shipmentsOf = async (orderId: number) =>
    (await call<List<Static<typeof ShipmentView>>>('GET', `/api/shipping/shipments?order_id=${orderId}&limit=100`)).items
  const untilShipment = (orderId: number) => until(async () => (await shipmentsOf(orderId))[0])
  const timelineOf = async (orderId: number) =>
    (await call<Static<typeof TimelineView>>('GET', `/api/orders/${orderId}/timeline`)).items.map(({ type }) => type)

  return {
    id,
    ...caller,
    ...{ order, orderOf, untilOrder, cancel, place, pay, buy, paymentsOf, paymentOf, moneyOf, shipmentsOf, untilShipment, timelineOf },
  }
}
export type Shopper = ReturnType<typeof shopperOf>
