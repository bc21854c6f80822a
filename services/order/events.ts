import {
  inventoryCommitFailed,
  inventoryCommitted,
  inventoryRejected,
  inventoryReserved,
  orderPaymentTimeout,
  paymentAuthorized,
  paymentFailed,
  paymentProcessed,
  paymentRefunded,
  paymentVoided,
  promotionRedeemed,
  promotionRejected,
  shipmentCreated,
  shipmentDelivered,
  shipmentUpdated,
} from '#shared/catalog'
import { on } from '#shared/event'
import { toMinor } from '#shared/money'
import { eraseOn } from '#shared/personal-data'
import type { OrderService } from './compose'

export const orderHandlers = ({ applyFact, timeouts, personalData }: Pick<OrderService, 'applyFact' | 'timeouts' | 'personalData'>) => {
  const stock = [
    { event: inventoryReserved, kind: 'reserved' },
    { event: inventoryRejected, kind: 'stock_refused' },
    { event: inventoryCommitted, kind: 'committed' },
    { event: inventoryCommitFailed, kind: 'commit_failed' },
  ] as const
  const discounts = [
    { event: promotionRedeemed, kind: 'redeemed' },
    { event: promotionRejected, kind: 'promise_refused' },
  ] as const
  const payments = [
    { event: paymentAuthorized, outcome: 'authorized' },
    { event: paymentProcessed, outcome: 'captured' },
    { event: paymentFailed, outcome: 'failed' },
    { event: paymentVoided, outcome: 'voided' },
  ] as const

  return [
    ...stock.map(({ event, kind }) =>
      on(event, message => {
        const { order_id, reason } = message.data
        return applyFact(message, order_id, { kind }, { ...(reason !== undefined && { reason }) })
      }),
    ),
    ...discounts.map(({ event, kind }) =>
      on(event, message => {
        const { order_id, campaign_id, reason } = message.data
        return applyFact(message, order_id, { kind }, { campaign_id, ...(reason !== undefined && { reason }) })
      }),
    ),
    ...payments.map(({ event, outcome }) =>
      on(event, message => {
        const { order_id, payment_id: id, payment_method: method, amount, currency, reason } = message.data
        const fact = { kind: 'payment', id, method, outcome, amount: toMinor(amount, currency) } as const
        const entryData = { payment_id: id, payment_method: method, amount, currency, ...(reason !== undefined && { reason }) }
        return applyFact(message, order_id, fact, entryData)
      }),
    ),
    on(paymentRefunded, message => {
      const { order_id, payment_id: id, refund_id, total_refunded, currency } = message.data
      const fact = { kind: 'refund', id, total: toMinor(total_refunded, currency) } as const
      return applyFact(message, order_id, fact, { payment_id: id, refund_id, total_refunded, currency })
    }),
    ...[shipmentCreated, shipmentUpdated, shipmentDelivered].map(event =>
      on(event, message => {
        const { order_id, shipment_id: id, lines, tracking_number, carrier } = message.data
        const status = event === shipmentDelivered ? 'delivered' : message.data.status
        const fact = { kind: 'shipment', id, version: message.aggregate.version, status, lines } as const
        return applyFact(message, order_id, fact, { shipment_id: id, status, tracking_number, carrier })
      }),
    ),
    on(orderPaymentTimeout, message => timeouts.timerDue(message, message.data.order_id)),
    eraseOn(personalData.forget),
  ]
}
