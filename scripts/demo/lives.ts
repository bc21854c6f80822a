import { day, hour, minute } from '#shared/time'
import { until } from '../until'
import type { Caller } from './caller'
import type { DemoEnd } from './orders'
import type { Shift } from './past'

export interface Placed {
  id: number
  total_amount: number
  items: { product_id: string; quantity: number }[]
}
interface Life {
  buyer: Caller
  admin: Caller
  order: Placed
  placedAt: Date
  agoMs: number
}

const patience = { timeoutMs: 60_000, everyMs: 100 }

/** When each step of an order follows its placing, in the story that the demo tells. */
const storyMs = {
  placed: 0,
  paid: 4 * minute,
  pickedUp: day,
  inTransit: 30 * hour,
  delivered: 3 * day,
  sentBack: 6 * day,
  refunded: 9 * day,
}
type Step = keyof typeof storyMs

/** Leads an order to its end through the public routes, and says how its times are to be moved. */
export const liveOrder = async ({ buyer, admin, order, placedAt, agoMs }: Life, end: DemoEnd): Promise<Shift[]> => {
  const steps: { step: Step; at: Date }[] = [{ step: 'placed', at: placedAt }]
  const begin = (step: Step) => void steps.push({ step, at: new Date() })
  const target = Date.now() - agoMs
  const shifts = (): Shift[] =>
    steps.map(({ step, at }, index) => ({
      order_id: order.id,
      from: index === 0 ? new Date(at.getTime() - 5000) : at,
      until: steps[index + 1]?.at ?? new Date(Date.now() + minute),
      // No step is moved into the future.
      byMs: Math.max(0, at.getTime() - (target + storyMs[step])),
    }))

  const untilStatus = (...statuses: string[]) =>
    until(
      `order ${order.id} to be ${statuses.join(' or ')}`,
      async () => statuses.includes((await buyer.call<{ status: string }>('GET', `/api/orders/${order.id}`)).status),
      patience,
    )
  const pay = (more: object = {}) =>
    buyer.call('POST', '/api/payments', { order_id: order.id, amount: order.total_amount, payment_method: 'credit_card', ...more })
  const parcelsOf = async () => (await buyer.call<{ items: { id: number }[] }>('GET', `/api/shipping/shipments?order_id=${order.id}`)).items
  const untilPacked = () => until(`a parcel of order ${order.id}`, async () => (await parcelsOf()).length > 0, patience)
  const report = async (status: string) => {
    for (const { id } of await parcelsOf()) await admin.call('POST', `/api/shipping/shipments/${id}/events`, { status })
  }

  await untilStatus('awaiting_payment')
  if (end === 'cancelled_unpaid') {
    await buyer.call('POST', `/api/orders/${order.id}/cancel`)
    return shifts()
  }
  begin('paid')
  if (end === 'waits_for_transfer') {
    await pay({ payment_method: 'bank_transfer' })
    return shifts()
  }
  if (end === 'declined_then_paid') await pay({ payment_token: 'tok_decline' })
  await pay(end === 'paid_on_delivery' ? { payment_method: 'cash_on_delivery' } : {})
  await untilStatus('fulfilling')
  await untilPacked()
  if (end === 'packed' || end === 'paid_on_delivery') return shifts()
  if (end === 'cancelled_paid') {
    await buyer.call('POST', `/api/orders/${order.id}/cancel`)
    await untilStatus('cancelled')
    return shifts()
  }

  begin('pickedUp')
  await report('picked_up')
  begin('inTransit')
  await report('in_transit')
  await untilStatus('shipped')
  if (end === 'shipped') return shifts()
  begin('delivered')
  if (end === 'undeliverable') {
    await report('failed')
    await report('returned')
    await untilStatus('cancelled')
    return shifts()
  }
  await report('delivered')
  await untilStatus('delivered')

  const refunded = () =>
    until(
      `the refund of order ${order.id}`,
      async () => (await buyer.call<{ payment_status: string }>('GET', `/api/orders/${order.id}`)).payment_status.includes('refunded'),
      patience,
    )
  if (end === 'partly_refunded') {
    begin('sentBack')
    const { items } = await buyer.call<{ items: { id: number }[] }>('GET', `/api/payments?order_id=${order.id}`)
    const amount = Math.max(1, Math.floor(order.total_amount / 10))
    await admin.call('POST', `/api/payments/${items[0]?.id}/refunds`, { amount, reason: 'The box was dented.' })
    await refunded()
  }
  if (end === 'returned') {
    begin('sentBack')
    const [line] = order.items
    const wanted = { lines: [{ product_id: line?.product_id, quantity: line?.quantity }], reason: 'It is not what I expected.' }
    const { id } = await buyer.call<{ id: number }>('POST', `/api/orders/${order.id}/returns`, wanted)
    await admin.call('POST', `/api/orders/returns/${id}/approve`)
    begin('refunded')
    await admin.call('POST', `/api/orders/returns/${id}/receive`)
    await refunded()
  }
  return shifts()
}
