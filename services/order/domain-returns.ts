import { conflict, invalid } from '#shared/errors'
import { cumulativeShare, sumOf, times } from '#shared/money'

export type ReturnStatus = 'requested' | 'approved' | 'rejected' | 'received'
export type ReturnStep = 'approve' | 'reject' | 'receive'

const steps: Record<ReturnStatus, Partial<Record<ReturnStep, ReturnStatus>>> = {
  requested: { approve: 'approved', reject: 'rejected' },
  approved: { receive: 'received' },
  rejected: {},
  received: {},
}

export const afterReturnStep = (status: ReturnStatus, step: ReturnStep): ReturnStatus => {
  const next = steps[status][step]
  if (!next) throw conflict('illegal_transition', 'The return is not in a state in which this could be done.')
  return next
}

/** A line as it was sold, in minor units. */
export interface SoldLine {
  product_id: string
  sku: string
  quantity: number
  price: number
  discount: number
  tax: number
}
export interface Returned {
  sku: string
  quantity: number
}

const piecesOf = (returns: readonly (readonly Returned[])[], sku: string) =>
  returns.flat().reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0)

/** Lines by SKU, summed; never more of one than was bought less what `earlier` returns have of it. */
export const returnLines = (
  sold: readonly SoldLine[],
  asked: readonly { product_id: string; sku?: string; quantity: number }[],
  earlier: readonly (readonly Returned[])[],
) => {
  const lines = new Map<string, { product_id: string; sku: string; quantity: number }>()
  for (const { product_id, sku, quantity } of asked) {
    const matching = sold.filter(line => line.product_id === product_id && (sku === undefined || line.sku === sku))
    if (matching.length > 1) throw invalid('sku_required', 'The order has several variants of this product; say which one by `sku`.')
    const [line] = matching
    if (!line) throw invalid('unknown_line', 'The order has no such line.')
    const wanted = (lines.get(line.sku)?.quantity ?? 0) + quantity
    if (wanted + piecesOf(earlier, line.sku) > line.quantity)
      throw conflict('too_many_returned', 'More would be returned than was bought and not returned before.')
    lines.set(line.sku, { product_id, sku: line.sku, quantity: wanted })
  }
  return [...lines.values()]
}

/** What came back is worth the cumulative share of what its line cost, less what was refunded before: all of the returns sum to the whole. */
export const refundFor = (sold: readonly SoldLine[], lines: readonly Returned[], received: readonly (readonly Returned[])[]): number =>
  sumOf(
    sold.map(({ sku, quantity, price, discount, tax }) => {
      const paid = sumOf([times(price, quantity), -discount, tax])
      const before = piecesOf(received, sku)
      const now = before + piecesOf([lines], sku)
      return cumulativeShare(paid, now, quantity) - cumulativeShare(paid, before, quantity)
    }),
  )
