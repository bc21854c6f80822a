import { orderCreated, orderRepriced, orderStatusUpdated, paymentRefunded } from '#shared/catalog'
import { on } from '#shared/event'
import { toMinor } from '#shared/money'
import type { Static } from '#shared/schema'
import type { TaxReport } from './report'

/** Sold: paid for, or on its way to be paid at the door. */
const sold = new Set(['paid', 'fulfilling'])
/** Cancelled like this it was never sold; one whose money came in is refunded, which is told. */
const unpaid = new Set(['unpaid', 'authorized'])

type Priced = Pick<Static<(typeof orderCreated)['schema']>, 'currency' | 'total_amount' | 'tax_lines'>

const priceOf = ({ currency, total_amount, tax_lines }: Priced) => ({
  currency,
  total: toMinor(total_amount, currency),
  lines: tax_lines.map(({ country = '', region = '', rate_ppm, net, tax }) => ({
    country,
    region,
    rate_ppm,
    net: toMinor(net, currency),
    tax: toMinor(tax, currency),
  })),
})

export const taxHandlers = ({ report }: { report: TaxReport }) => [
  on(orderCreated, message => report.priced(message, message.data.order_id, priceOf(message.data))),
  on(orderRepriced, message => report.priced(message, message.data.order_id, priceOf(message.data))),
  on(orderStatusUpdated, async message => {
    const { order_id, status, payment_status } = message.data
    if (sold.has(status)) await report.paid(message, order_id, new Date(message.time))
    if (status === 'cancelled' && unpaid.has(payment_status)) await report.unsold(message, order_id)
  }),
  on(paymentRefunded, async message => {
    const { order_id, refund_id, amount, currency, reason } = message.data
    // What was paid twice was sold once.
    if (reason !== 'paid_twice')
      await report.refunded(message, order_id, { id: refund_id, amount: toMinor(amount, currency), at: new Date(message.time) })
  }),
]
