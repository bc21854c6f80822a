import { allocate, cumulativeShare, sumOf } from '#shared/money'

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
  refund?: { id: number; amount: number; at: Date; ofGoods: boolean }
  /** Goods that came back, and what is refunded of each line of the order. */
  returned?: { id: number; lines: readonly number[] }
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
  return facts.some(({ price, refund, returned }) => refund || returned || (price && known.paid_at))
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
  /** It is for goods that came back. */
  ofGoods: boolean
}
/** What is refunded of each line of an order for goods that came back. */
export type ReportedReturn = readonly number[]

export interface ReportEntry extends SoldLine {
  order_id: number
  entry: number
  kind: 'sale' | 'refund'
  at: Date
  currency: string
}

type Taxed = Pick<SoldLine, 'net' | 'tax'>
const nothing: Taxed = { net: 0, tax: 0 }

/** An amount shared over the net amounts and taxes of lines. The shares add up to the amount, to the cent. */
const sharesOf = (lines: readonly Taxed[], refunded: number, total: number): Taxed[] => {
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

/** What was refunded of each line when `amount` was refunded for returned goods in all: returns are paid one after the other. */
const paidReturns = (lines: readonly Taxed[], returns: readonly ReportedReturn[], amount: number): number[] => {
  const paid = lines.map(() => 0)
  let left = amount
  for (const refunds of returns) {
    const part = Math.min(left, sumOf(refunds))
    if (part === 0) continue
    left -= part
    for (const [index, share] of allocate(part, refunds).entries()) {
      const { net, tax } = lines[index] ?? nothing
      paid[index] = Math.min(net + tax, (paid[index] ?? 0) + share)
    }
  }
  return paid.slice(0, lines.length)
}

/** All that was refunded of each line of an order: returned goods on their own lines, and of the other refunds a share of what is left. */
const refundedOf = (
  lines: readonly Taxed[],
  total: number,
  returns: readonly ReportedReturn[],
  amount: { all: number; ofGoods: number },
) => {
  const goods = paidReturns(lines, returns, Math.min(amount.ofGoods, amount.all)).map((paid, index) => {
    const { net, tax } = lines[index] ?? nothing
    const ofNet = cumulativeShare(net, paid, net + tax)
    return { net: ofNet, tax: paid - ofNet }
  })
  const left = lines.map((line, index) => {
    const { net, tax } = goods[index] ?? nothing
    return { net: line.net - net, tax: line.tax - tax }
  })
  const paid = sumOf(goods.map(({ net, tax }) => net + tax))
  const others = sharesOf(left, amount.all - paid, total - paid)
  return goods.map((line, index) => {
    const { net, tax } = others[index] ?? nothing
    return { net: line.net + net, tax: line.tax + tax }
  })
}

/**
 * Each line of an order is a sale. A refund of returned goods is reported on the lines that came back, and any other has a share of each line.
 * What was refunded is counted in all, refund by refund: a full refund leaves zero.
 */
export const reportEntries = (
  order: SoldOrder,
  refunds: readonly ReportedRefund[],
  returns: readonly ReportedReturn[] = [],
): ReportEntry[] => {
  const { order_id, currency, total, lines, paid_at } = order
  const sales = lines.map(line => ({ ...line, kind: 'sale' as const, at: paid_at }))
  const amount = { all: 0, ofGoods: 0 }
  let before = refundedOf(lines, total, returns, amount)
  const refunded = refunds
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .flatMap(({ amount: added, at, ofGoods }) => {
      amount.all = Math.min(total, amount.all + added)
      if (ofGoods) amount.ofGoods += added
      const shares = refundedOf(lines, total, returns, amount)
      const entries = lines.map((line, index) => {
        const [was, is] = [before[index] ?? nothing, shares[index] ?? nothing]
        return { ...line, kind: 'refund' as const, at, net: was.net - is.net, tax: was.tax - is.tax }
      })
      before = shares
      return entries
    })
  return [...sales, ...refunded].map((entry, index) => ({ order_id, entry: index, currency, ...entry }))
}
