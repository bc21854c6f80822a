import { orderCreated, orderRepriced, orderReturnReceived, orderStatusUpdated, paymentRefunded } from '#shared/catalog'
import { type Message, on } from '#shared/event'
import { toMinor } from '#shared/money'
import type { Static } from '#shared/schema'
import { reportedPlace } from './domain'
import type { AddOrderFact } from './order-facts'

/** An order counts as sold once it is paid, or once it is packed to be paid on delivery. */
const soldStatuses = new Set(['paid', 'fulfilling'])
/** An order cancelled with one of these was never paid. Any other one is refunded, and `payment.refunded` says how much. */
const unpaidStatuses = new Set(['unpaid', 'authorized'])

/** Refunds of what was paid more than once, or above the price: the sale itself stays as it is. */
const besidesTheSale = new Set<string | undefined>(['paid_twice', 'overpaid'])

type PriceData = Pick<Static<(typeof orderCreated)['schema']>, 'currency' | 'total_amount' | 'tax_lines'>

const orderPrice = ({
  aggregate: { version },
  data: { currency, total_amount, tax_lines },
}: Pick<Message<PriceData>, 'aggregate' | 'data'>) => ({
  version,
  currency,
  total: toMinor(total_amount, currency),
  lines: tax_lines.map(({ country, region, rate_ppm, net, tax }) => ({
    ...reportedPlace({ country, region }),
    rate_ppm,
    net: toMinor(net, currency),
    tax: toMinor(tax, currency),
  })),
})

export const taxHandlers = ({ addOrderFact }: { addOrderFact: AddOrderFact }) => [
  on(orderCreated, message => addOrderFact({ orderId: message.data.order_id, price: orderPrice(message) })),
  on(orderRepriced, message => addOrderFact({ orderId: message.data.order_id, price: orderPrice(message) })),
  on(orderStatusUpdated, async message => {
    const { order_id: orderId, status, payment_status } = message.data
    if (soldStatuses.has(status)) await addOrderFact({ orderId, soldAt: new Date(message.time) })
    if (status === 'cancelled' && unpaidStatuses.has(payment_status)) await addOrderFact({ orderId, unsold: true })
  }),
  on(paymentRefunded, async message => {
    const { order_id: orderId, refund_id: id, amount, currency, cause, reason } = message.data
    // Instances of the release before publish the cause as the reason alone.
    if (!besidesTheSale.has(cause ?? reason))
      await addOrderFact({
        orderId,
        refund: { id, amount: toMinor(amount, currency), at: new Date(message.time), ofGoods: cause === 'goods_returned' },
      })
  }),
  on(orderReturnReceived, async message => {
    const { order_id: orderId, return_id: id, currency, line_refunds } = message.data
    if (currency !== undefined && line_refunds)
      await addOrderFact({ orderId, returned: { id, lines: line_refunds.map(amount => toMinor(amount, currency)) } })
  }),
]
