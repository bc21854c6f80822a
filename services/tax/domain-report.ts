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

/** Of an order, what was refunded in all, shared over the net amounts and taxes of its lines. The shares add up to the amount, to the cent. */
const sharesOf = (lines: readonly SoldLine[], refunded: number, total: number) => {
  let [worth, shared] = [0, 0]
  /** What all parts so far get together, less what those before this one got. */
  const next = (part: number) => {
    worth += part
    const before = shared
    shared = cumulativeShare(Math.min(worth, total), refunded, total)
    return shared - before
  }
  return lines.map(({ net, tax }) => ({ net: next(net), tax: next(tax) }))
}

/** Each line of an order is a sale, and each refund has a share of each line. Shares are cumulative: a full refund leaves zero. */
export const reportEntries = (order: SoldOrder, refunds: readonly ReportedRefund[]): ReportEntry[] => {
  const { order_id, currency, total, lines, paid_at } = order
  const sales = lines.map(line => ({ ...line, kind: 'sale' as const, at: paid_at }))
  let amountSoFar = 0
  let before = sharesOf(lines, 0, total)
  const refunded = refunds
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .flatMap(({ amount, at }) => {
      amountSoFar = Math.min(total, amountSoFar + amount)
      const shares = sharesOf(lines, amountSoFar, total)
      const entries = lines.map((line, index) => {
        const [was, is] = [before[index] ?? { net: 0, tax: 0 }, shares[index] ?? { net: 0, tax: 0 }]
        return { ...line, kind: 'refund' as const, at, net: was.net - is.net, tax: was.tax - is.tax }
      })
      before = shares
      return entries
    })
  return [...sales, ...refunded].map((entry, index) => ({ order_id, entry: index, currency, ...entry }))
}
