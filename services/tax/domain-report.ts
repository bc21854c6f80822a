import { cumulativeShare } from '#shared/money'

/** A line of an order as it was taxed, in minor units. */
export interface SoldLine {
  country: string
  region: string
  rate_ppm: number
  net: number
  tax: number
}

/** What an event says about an order. */
export interface OrderFact {
  orderId: number
  /** The order is placed, or priced again for another address. `version` is that of the order. */
  price?: { version: number; currency: string; total: number; lines: readonly SoldLine[] }
  soldAt?: Date
  /** An order to be paid on delivery is cancelled after it was packed: no tax was ever due. */
  unsold?: true
  refund?: { id: number; amount: number; at: Date }
}

interface Sale {
  paid_at: Date | null
  /** 0 or 1 */
  unsold: number
}
export const notSold: Sale = { paid_at: null, unsold: 0 }

/** Several statuses of an order follow its payment; the earliest of them dates the sale. */
export const saleAfter = (known: Sale, facts: readonly OrderFact[]): Sale => ({
  paid_at: facts.reduce((paid_at, { soldAt }) => (soldAt && (!paid_at || soldAt < paid_at) ? soldAt : paid_at), known.paid_at),
  unsold: facts.some(({ unsold }) => unsold) ? 1 : known.unsold,
})

/** Whether the report may change by these facts. The price of an order that is not sold is no part of it. */
export const changesReport = (known: Sale, facts: readonly OrderFact[]): boolean => {
  const sale = saleAfter(known, facts)
  if (sale.paid_at !== known.paid_at || sale.unsold !== known.unsold) return true
  return facts.some(({ price, refund }) => refund || (price && known.paid_at))
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
