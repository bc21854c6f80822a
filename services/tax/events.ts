import { orderCreated, orderRepriced, orderStatusUpdated, paymentRefunded } from '#shared/catalog'
import { on } from '#shared/events'
import { toMinor } from '#shared/money'
import type { Static } from '#shared/schema'
import type { TaxReport } from './report'

/** Sold: paid for, or on its way to be paid at the door. */
const sold = new Set(['paid', 'fulfilling'])

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
  on(orderStatusUpdated, message => {
    const { order_id, status } = message.data
    return sold.has(status) ? report.paid(message, order_id, new Date(message.time)) : Promise.resolve()
  }),
  on(paymentRefunded, message => {
    const { order_id, refund_id, amount, currency } = message.data
    return report.refunded(message, order_id, { id: refund_id, amount: toMinor(amount, currency), at: new Date(message.time) })
  }),
]
