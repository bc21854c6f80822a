/** A change of a pure file that no test can notice, since what the code does stays the same. */
export interface Equal {
  file: string
  /** As the report writes it: `before → after`. */
  change: string
  /** A part of its line, where the file has the same words in several. */
  line?: string
  reason: string
}

const comparedWithNothing = 'a comparison with undefined or null is false as well'

export const equal: readonly Equal[] = [
  { file: 'services/payment/domain-refunds.ts', change: 'due !== undefined → true', reason: comparedWithNothing },
  {
    file: 'services/payment/domain.ts',
    change: 'total + (value > 9 ? value - 9 : value) → total - (value > 9 ? value - 9 : value)',
    reason: 'a sum is a multiple of ten when its negative is',
  },
  { file: 'services/payment/domain.ts', change: 'at + 13 → at - 13', reason: 'what is too short is refused by the next comparison' },
  { file: 'services/order/domain-claims.ts', change: 'claim_until !== null → true', reason: comparedWithNothing },
  {
    file: 'services/order/domain-claims.ts',
    change: 'claim_until > payment_due_at → claim_until >= payment_due_at',
    reason: 'of two equal times either one will do',
  },
  { file: 'services/order/domain.ts', change: 'amount !== undefined → true', reason: comparedWithNothing },
  {
    file: 'services/order/domain.ts',
    change: 'known => allLinesIn(deliveredStates, known) → () => undefined',
    reason: '`rest_came_back` is true then as well, and leads to the same state',
  },
  {
    file: 'services/order/domain.ts',
    change: 'fact.version >= version → fact.version > version',
    reason: 'a version of a parcel has the same lines whenever it is told',
  },
  {
    file: 'services/shipping/domain-lines.ts',
    change: `'' → "Stryker was here!"`,
    reason: 'any word that is no warehouse marks the lines of none',
  },
  {
    file: 'services/shipping/domain.ts',
    change: `'created' → ""`,
    line: 'const deliveryRoute',
    reason: 'what is not on the route is before its first step as well',
  },
  { file: 'services/promotion/domain-basket.ts', change: 'pieces === 0 → false', reason: 'without such pieces no line takes the price' },
  { file: 'services/promotion/domain-discounts.ts', change: 'items[line]?.price → items[line].price', reason: 'the line is always there' },
  {
    file: 'services/promotion/domain-discounts.ts',
    change: '() => 0 → () => undefined',
    line: 'const given',
    reason: 'every line is given a number',
  },
  {
    file: 'services/promotion/domain-discounts.ts',
    change: 'a.line - b.line → a.line + b.line',
    reason: 'the sort keeps lines of one price in their order',
  },
  { file: 'services/promotion/domain.ts', change: 'refusal !== undefined → true', reason: 'no refusal is not in the list' },
  {
    file: 'services/promotion/domain.ts',
    change: 'item.category_ids?.includes → item.category_ids.includes',
    reason: 'they are there, as the condition before it says',
  },
  {
    file: 'services/promotion/domain.ts',
    change: '[] → ["Stryker was here"]',
    line: 'percentText',
    reason: 'the first part of a match is not looked at',
  },
  {
    file: 'services/tax/domain-days.ts',
    change: 'formats.set(timeZone, format) → ;',
    reason: 'a format is kept only because making one is slow',
  },
  {
    file: 'services/tax/domain.ts',
    change: `'' → "Stryker was here!"`,
    line: 'export const taxPlace',
    reason: 'what is no code is no region',
  },
  {
    file: 'services/tax/domain.ts',
    change: `'' → "Stryker was here!"`,
    line: 'export const reportedPlace',
    reason: 'what is no code is no country',
  },
  {
    file: 'services/tax/domain.ts',
    change: `'' → "Stryker was here!"`,
    line: 'line.tax_class ??',
    reason: 'what is no class is the standard one',
  },
  { file: 'services/tax/domain.ts', change: "place.region === '' → false", reason: 'the whole country is looked at twice' },
  {
    file: 'services/tax/domain.ts',
    change: `'' → "Stryker was here!"`,
    line: 'for (const region',
    reason: 'the whole country is looked at twice',
  },
  {
    file: 'services/product/domain.ts',
    change: '[] → ["Stryker was here"]',
    line: 'const requireStockUntouched',
    reason: 'a text has no stock',
  },
  {
    file: 'services/product/domain.ts',
    change: 'change.sku !== undefined || changedVariants → true',
    reason: 'SKUs that did not change are distinct already',
  },
  { file: 'services/product/domain.ts', change: '/^-+|-+$/g → /^-|-+$/g', reason: 'there are no two hyphens in a row any more' },
  { file: 'services/product/domain.ts', change: '/^-+|-+$/g → /^-+|-$/g', reason: 'there are no two hyphens in a row any more' },
  {
    file: 'services/user/domain-email.ts',
    change: `'' → "Stryker was here!"`,
    line: "split('@')",
    reason: 'what has blanks is no address either',
  },
  { file: 'services/product/domain.ts', change: '[] → ["Stryker was here"]', line: 'const opening', reason: 'there are variants then' },
  { file: 'services/notification/domain-quiet.ts', change: 'known → false', reason: 'a format is kept only because making one is slow' },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'formats.size < 1000 → true',
    reason: 'a format is kept only because making one is slow',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'formats.size < 1000 → false',
    reason: 'a format is kept only because making one is slow',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'formats.size < 1000 → formats.size <= 1000',
    reason: 'a format is kept only because making one is slow',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'formats.size < 1000 → formats.size >= 1000',
    reason: 'a format is kept only because making one is slow',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'formats.set(timeZone, format) → ;',
    reason: 'a format is kept only because making one is slow',
  },
  { file: 'services/notification/domain-quiet.ts', change: '/^[A-Za-z]/ → /[A-Za-z]/', reason: 'no name of a zone begins otherwise' },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'clockAt(hours.time_zone, start + left * minute) === goal → false',
    reason: 'the search by minutes finds the same moment, only later',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'start + left * minute → start - left * minute',
    line: '=== goal',
    reason: 'the search by minutes finds the same moment, only later',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'left * minute → left / minute',
    line: '=== goal',
    reason: 'the search by minutes finds the same moment, only later',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'Math.max(start, start + (left - 120) * minute) → Math.min(start, start + (left - 120) * minute)',
    reason: 'the search by minutes finds the same moment, only later',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'start + (left - 120) * minute → start - (left - 120) * minute',
    reason: 'the search by minutes finds the same moment, only later',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: '(left - 120) * minute → (left - 120) / minute',
    reason: 'the search by minutes finds the same moment, only later',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'moment <= start + (left + 120) * minute → moment < start + (left + 120) * minute',
    reason: 'the moment is found before',
  },
  { file: 'services/notification/domain-quiet.ts', change: 'moment > at → true', reason: 'while it is quiet the end is not reached' },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'moment > at → moment >= at',
    reason: 'while it is quiet the end is not reached',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'start + left * minute → start - left * minute',
    line: '  return new Date',
    reason: 'the moment is always found before',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    change: 'left * minute → left / minute',
    line: '  return new Date',
    reason: 'the moment is always found before',
  },
  {
    file: 'services/notification/domain-delivery.ts',
    change: 'rank[reported] > rank[present] → rank[reported] >= rank[present]',
    reason: 'no two reports have the same rank',
  },
  { file: 'services/favourite/domain.ts', change: 'after.price !== null → true', reason: 'a price that is known does not become unknown' },
  { file: 'services/favourite/domain.ts', change: 'watch.price === null → false', reason: 'without a price there is no currency either' },
]
