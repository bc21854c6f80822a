import { orderCreated, orderRepriced, orderStatusUpdated, paymentRefunded } from '#shared/catalog'
import { on } from '#shared/event'
import { toMinor } from '#shared/money'
import type { Static } from '#shared/schema'
import { reportedPlace } from './domain'
import type { TaxReport } from './report'

/** An order counts as sold once it is paid, or once it is packed to be paid on delivery. */
const soldStatuses = new Set(['paid', 'fulfilling'])
/** An order cancelled with one of these was never paid. Any other one is refunded, and `payment.refunded` says how much. */
const unpaidStatuses = new Set(['unpaid', 'authorized'])

/** Refunds of what was paid more than once, or above the price: the sale itself stays as it is. */
const besidesTheSale = new Set<string | undefined>(['paid_twice', 'overpaid'])

type PriceData = Pick<Static<(typeof orderCreated)['schema']>, 'currency' | 'total_amount' | 'tax_lines'>

const orderPrice = ({ currency, total_amount, tax_lines }: PriceData) => ({
  currency,
  total: toMinor(total_amount, currency),
  lines: tax_lines.map(({ country, region, rate_ppm, net, tax }) => ({
    ...reportedPlace({ country, region }),
    rate_ppm,
    net: toMinor(net, currency),
    tax: toMinor(tax, currency),
  })),
})

export const taxHandlers = ({ report }: { report: TaxReport }) => [
  on(orderCreated, message => report.recordPrice(message, message.data.order_id, orderPrice(message.data))),
  on(orderRepriced, message => report.recordPrice(message, message.data.order_id, orderPrice(message.data))),
  on(orderStatusUpdated, async message => {
    const { order_id, status, payment_status } = message.data
    if (soldStatuses.has(status)) await report.recordSale(message, order_id, new Date(message.time))
    if (status === 'cancelled' && unpaidStatuses.has(payment_status)) await report.recordUnsold(message, order_id)
  }),
  on(paymentRefunded, async message => {
    const { order_id, refund_id, amount, currency, cause, reason } = message.data
    // Instances of the release before publish the cause as the reason alone.
    if (!besidesTheSale.has(cause ?? reason))
      await report.recordRefund(message, order_id, { id: refund_id, amount: toMinor(amount, currency), at: new Date(message.time) })
  }),
]
