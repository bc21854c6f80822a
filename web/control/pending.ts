import type { Order, OrderStory, Payment, Shipment } from '../../sdk/src/api/model.ts'

/** What an order waits for. */
export interface Pending {
  waits: string
  /** Until when; without it, until it happens. */
  until?: string
  /** What ends the wait, each in words. */
  ends: string[]
}

interface Known {
  order: Pick<Order, 'status' | 'payment_status' | 'payment_due_at' | 'reservation_expires_at' | 'coupon_code'>
  payments?: readonly Pick<Payment, 'id' | 'status' | 'captured_amount' | 'refunded_amount'>[] | undefined
  shipments?: readonly Pick<Shipment, 'id' | 'status'>[] | undefined
  story?: Pick<OrderStory, 'reservation' | 'redemption'> | undefined
}

const openPayments = new Set(['pending', 'processing', 'requires_action', 'authorized'])

const forStock = ({ order, story }: Known): Pending[] => {
  const waits: Pending[] = []
  if (story?.reservation !== 'reserved')
    waits.push({
      waits: 'inventory to reserve the stock',
      until: order.payment_due_at,
      ends: ['inventory.reserved: it goes on', 'inventory.rejected: it is cancelled', 'the payment deadline: it is cancelled'],
    })
  if (order.coupon_code && story?.redemption !== 'redeemed')
    waits.push({
      waits: 'promotion to confirm the coupon',
      until: order.payment_due_at,
      ends: ['promotion.redeemed: it goes on', 'promotion.rejected: it is cancelled'],
    })
  return waits
}

const forPayment = ({ order, payments = [] }: Known): Pending[] => {
  const open = payments.filter(({ status }) => openPayments.has(status))
  return [
    {
      waits:
        open.length > 0 ? `payment ${open.map(({ id }) => id).join(', ')}, which is ${open[0]?.status.replaceAll('_', ' ')}` : 'a payment',
      until: order.payment_due_at,
      ends: [
        'payment.processed: it is paid',
        'order.payment-timeout, a message that waits at the broker until then: it is cancelled',
        'the customer cancels',
      ],
    },
    {
      waits: 'its reserved stock to be bought',
      until: order.reservation_expires_at,
      ends: [
        'the payment: the stock is committed',
        'the expiry: inventory gives the stock to others, and a later payment takes what is there',
      ],
    },
  ]
}

const forParcels = ({ shipments = [] }: Known, states: readonly string[], what: string, ends: string[]): Pending[] => {
  const waiting = shipments.filter(({ status }) => !states.includes(status))
  const which = waiting.length > 0 ? ` (parcel ${waiting.map(({ id }) => id).join(', ')})` : ''
  return [{ waits: `${what}${which}`, ends }]
}

/** Money of a cancelled order that has not gone back yet. */
const forRefunds = ({ payments = [] }: Known): Pending[] =>
  payments
    .filter(({ captured_amount, refunded_amount }) => captured_amount > refunded_amount)
    .map(({ id }) => ({ waits: `the refund of payment ${id}`, ends: ['payment.refunded', 'an administrator tries a failed refund again'] }))

/** What is due next, and what will end each wait. Empty for an order that is over. */
export const pendingOf = (known: Known): Pending[] => {
  switch (known.order.status) {
    case 'pending':
      return forStock(known)
    case 'awaiting_payment':
      return forPayment(known)
    case 'paid':
      return [
        ...(known.story?.reservation === 'committed'
          ? []
          : [
              {
                waits: 'inventory to commit the stock',
                ends: ['inventory.committed: shipping packs it', 'inventory.commit_failed: it is cancelled and refunded'],
              },
            ]),
        { waits: 'shipping to make its parcels', ends: ['shipment.created: it is being fulfilled'] },
      ]
    case 'fulfilling':
      return forParcels(known, ['picked_up', 'in_transit', 'delivered', 'returned'], 'the carrier to pick up every parcel', [
        'shipment.updated for the last one: it is shipped',
        'a cancellation before pick-up',
      ])
    case 'shipped':
      return forParcels(known, ['delivered', 'returned'], 'the carrier to deliver every parcel', [
        'shipment.delivered for the last one: it is delivered',
        'all of them come back: it is cancelled and refunded',
      ])
    case 'cancelled':
      return forRefunds(known)
    default:
      return []
  }
}
