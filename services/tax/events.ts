import { orderCreated, orderStatusUpdated, paymentRefunded } from '#shared/catalog'
import { on } from '#shared/events'
import { toMinor } from '#shared/money'
import type { TaxReport } from './report'

/** Sold: paid for, or on its way to be paid at the door. */
const sold = new Set(['paid', 'fulfilling'])

export const taxHandlers = ({ report }: { report: TaxReport }) => [
  on(orderCreated, message => {
    const { order_id, currency, total_amount, tax_lines } = message.data
    const lines = tax_lines.map(({ country = '', region = '', rate_ppm, net, tax }) => ({
      country,
      region,
      rate_ppm,
      net: toMinor(net, currency),
      tax: toMinor(tax, currency),
    }))
    return report.placed(message, order_id, { currency, total: toMinor(total_amount, currency), lines })
  }),
  on(orderStatusUpdated, message => {
    const { order_id, status } = message.data
    return sold.has(status) ? report.paid(message, order_id, new Date(message.time)) : Promise.resolve()
  }),
  on(paymentRefunded, message => {
    const { order_id, refund_id, amount, currency } = message.data
    return report.refunded(message, order_id, { id: refund_id, amount: toMinor(amount, currency), at: new Date(message.time) })
  }),
]
