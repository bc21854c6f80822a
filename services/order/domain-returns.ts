import { conflict, invalid } from '#shared/errors'
import { cumulativeShare, sumOf, times } from '#shared/money'

export const returnStatuses = ['requested', 'approved', 'rejected', 'received'] as const
export type ReturnStatus = (typeof returnStatuses)[number]
export type ReturnStep = 'approve' | 'reject' | 'receive'

const steps: Record<ReturnStatus, Partial<Record<ReturnStep, ReturnStatus>>> = {
  requested: { approve: 'approved', reject: 'rejected' },
  approved: { receive: 'received' },
  rejected: {},
  received: {},
}

export const nextReturnStatus = (status: ReturnStatus, step: ReturnStep): ReturnStatus => {
  const next = steps[status][step]
  if (!next) throw conflict('illegal_transition', 'The return is in a state in which this cannot be done.')
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

/** The lines of a return, those of one SKU added up. With the `earlier` returns they are never more than was bought. */
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
      throw conflict('too_many_returned', 'The return has more of a line than was bought and not yet returned.')
    lines.set(line.sku, { product_id, sku: line.sku, quantity: wanted })
  }
  return [...lines.values()]
}

/**
 * What a return refunds of each line that was sold. Each counts by its cumulative share, less what was refunded before: all returns add up to
 * what was paid.
 */
export const refundsFor = (sold: readonly SoldLine[], lines: readonly Returned[], received: readonly (readonly Returned[])[]): number[] =>
  sold.map(({ sku, quantity, price, discount, tax }) => {
    const paid = sumOf([times(price, quantity), -discount, tax])
    const before = piecesOf(received, sku)
    const now = before + piecesOf([lines], sku)
    return cumulativeShare(paid, now, quantity) - cumulativeShare(paid, before, quantity)
  })
