import { allocate, sumOf, taxOf, times } from '#shared/money'
import { type Campaign, type Item, isPartOf, type Kind } from './domain'

/**
 * How campaigns stack:
 * 1. An order gets every automatic campaign that applies, and at most one code.
 * 2. Free pieces come first, then percentages, then amounts; within a kind, the older campaign (lower id) comes first. The result
 *    therefore does not depend on the order in which campaigns are found.
 * 3. Each campaign is computed on what the campaigns before it left of its lines, and takes no more than that: no line falls below zero.
 * 4. A minimum is compared with the subtotal before any discount.
 * 5. A campaign's amount is split over its lines in proportion to what is left of them, by largest remainder, ties by line order. Free
 *    pieces are taken off their own lines.
 * 6. Free shipping takes nothing off the lines.
 */
const rank: Record<Kind, number> = { buy_x_get_y: 0, percentage: 1, fixed: 2, free_shipping: 3 }
const stacked = (a: Campaign, b: Campaign) => rank[a.kind] - rank[b.kind] || a.id - b.id

interface Discounts {
  discount: number
  freeShipping: boolean
  /** The discount of each line, in the order of the items. */
  lines: number[]
  /** The amount of each campaign, in the order in which they were applied. */
  campaigns: { campaign: Campaign; amount: number }[]
}

/** What these campaigns, all of which apply, take off the items. */
export const discountsOf = (items: readonly Item[], applicable: readonly Campaign[]): Discounts => {
  const left = items.map(item => times(item.price, item.quantity))
  const whole = [...left]
  const campaigns = applicable.toSorted(stacked).map(campaign => {
    const shares = sharesOf(campaign, items, left)
    shares.forEach((share, line) => {
      left[line] = (left[line] ?? 0) - share
    })
    return { campaign, amount: sumOf(shares) }
  })
  const lines = whole.map((amount, line) => amount - (left[line] ?? 0))
  return { discount: sumOf(lines), freeShipping: applicable.some(({ kind }) => kind === 'free_shipping'), lines, campaigns }
}

/** What a campaign takes off each line, given what is left of the lines. */
const sharesOf = (campaign: Campaign, items: readonly Item[], left: readonly number[]): number[] => {
  const mine = items.map((item, line) => (isPartOf(campaign, item) ? (left[line] ?? 0) : 0))
  const most = sumOf(mine)
  switch (campaign.kind) {
    case 'percentage':
      return allocate(taxOf(most, campaign.value), mine)
    case 'fixed':
      return allocate(Math.min(campaign.value, most), mine)
    case 'buy_x_get_y':
      return freePieces(campaign, items).map((pieces, line) => Math.min(times(items[line]?.price ?? 0, pieces), mine[line] ?? 0))
    case 'free_shipping':
      return items.map(() => 0)
  }
}

/**
 * All pieces, whatever the product, form groups of `buy + get`. Of each group `get` pieces are free; of an incomplete last group, those
 * past `buy`. The free pieces are the cheapest of all.
 */
const freePieces = (campaign: Campaign, items: readonly Item[]): number[] => {
  const { buyQuantity, getQuantity } = campaign
  const mine = items.map(item => (isPartOf(campaign, item) ? item.quantity : 0))
  const pieces = sumOf(mine)
  const group = buyQuantity + getQuantity
  let free = Math.floor(pieces / group) * getQuantity + Math.max(0, (pieces % group) - buyQuantity)
  const given = items.map(() => 0)
  const cheapestFirst = items.map((item, line) => ({ price: item.price, line })).toSorted((a, b) => a.price - b.price || a.line - b.line)
  for (const { line } of cheapestFirst) {
    const here = Math.min(free, mine[line] ?? 0)
    given[line] = here
    free -= here
  }
  return given
}
