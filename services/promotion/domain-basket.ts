import { invalid } from '#shared/errors'
import { sumOf, times } from '#shared/money'
import type { Item } from './domain'

interface Line {
  product_id: string
  quantity: number
  price?: number | undefined
  category?: string | undefined
}

/**
 * Gives every line a price. Pieces without one share what the others leave of the subtotal; without lines, the subtotal is a single item.
 */
export const itemsOf = (lines: readonly Line[], subtotal: number): Item[] => {
  if (lines.length === 0) return [{ product_id: '', quantity: 1, price: subtotal, category: '' }]
  const rest = subtotal - sumOf(lines.map(({ price = 0, quantity }) => times(price, quantity)))
  const pieces = sumOf(lines.map(({ price, quantity }) => (price === undefined ? quantity : 0)))
  if (rest < 0 || (pieces === 0 && rest > 0))
    throw invalid('subtotal_mismatch', 'The subtotal must be the sum of price times quantity over the items.')
  const base = pieces === 0 ? 0 : Math.floor(rest / pieces)
  let dearer = pieces === 0 ? 0 : rest % pieces
  return lines.flatMap(({ product_id, quantity, price, category = '' }) => {
    if (price !== undefined) return { product_id, quantity, price, category }
    const dearerHere = Math.min(dearer, quantity)
    dearer -= dearerHere
    const parts = [
      { product_id, quantity: dearerHere, price: base + 1, category },
      { product_id, quantity: quantity - dearerHere, price: base, category },
    ]
    return parts.filter(part => part.quantity > 0)
  })
}
