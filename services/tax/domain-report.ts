import { cumulativeShare } from '#shared/money'

/** A line of an order as it was taxed, in minor units. */
export interface SoldLine {
  country: string
  region: string
  rate_ppm: number
  net: number
  tax: number
}

export interface SoldOrder {
  order_id: number
  currency: string
  total: number
  lines: readonly SoldLine[]
  paid_at: Date
}

export interface ReportedRefund {
  amount: number
  at: Date
}

export interface ReportEntry extends SoldLine {
  order_id: number
  entry: number
  kind: 'sale' | 'refund'
  at: Date
  currency: string
}

/** Each line of an order is a sale, and each refund has a share of each line. Shares are cumulative: a full refund leaves zero. */
export const reportEntries = (order: SoldOrder, refunds: readonly ReportedRefund[]): ReportEntry[] => {
  const { order_id, currency, total, lines, paid_at } = order
  const sales = lines.map(line => ({ ...line, kind: 'sale' as const, at: paid_at }))
  const byTime = refunds.toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const refunded = lines.flatMap(({ net, tax, ...place }) => {
    let amountSoFar = 0
    let sharesSoFar = { net: 0, tax: 0 }
    return byTime.map(({ amount, at }) => {
      amountSoFar = Math.min(total, amountSoFar + amount)
      const shares = { net: cumulativeShare(net, amountSoFar, total), tax: cumulativeShare(tax, amountSoFar, total) }
      const entry = { ...place, kind: 'refund' as const, at, net: sharesSoFar.net - shares.net, tax: sharesSoFar.tax - shares.tax }
      sharesSoFar = shares
      return entry
    })
  })
  return [...sales, ...refunded].map((entry, index) => ({ order_id, entry: index, currency, ...entry }))
}
