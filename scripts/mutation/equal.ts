/** Changes of a pure file that no test can notice, since what the code does stays the same. */
export interface Equal {
  file: string
  /** A part of their line, where the file has the same words in several. */
  line?: string
  /** As the report writes them: `before → after`. */
  changes: readonly string[]
  reason: string
}

export const equal: readonly Equal[] = [
  {
    file: 'services/payment/domain-refunds.ts',
    changes: ['due !== undefined → true'],
    reason: 'a comparison with undefined or null is false as well',
  },
  {
    file: 'services/payment/domain.ts',
    changes: ['total + (value > 9 ? value - 9 : value) → total - (value > 9 ? value - 9 : value)'],
    reason: 'a sum is a multiple of ten when its negative is',
  },
  { file: 'services/payment/domain.ts', changes: ['at + 13 → at - 13'], reason: 'what is too short is refused by the next comparison' },
  {
    file: 'services/order/domain-claims.ts',
    changes: ['claim_until !== null → true'],
    reason: 'a comparison with undefined or null is false as well',
  },
  {
    file: 'services/order/domain-claims.ts',
    changes: ['claim_until > payment_due_at → claim_until >= payment_due_at'],
    reason: 'of two equal times either one will do',
  },
  {
    file: 'services/order/domain.ts',
    changes: ['amount !== undefined → true'],
    reason: 'a comparison with undefined or null is false as well',
  },
  {
    file: 'services/order/domain.ts',
    changes: ['known => allLinesIn(deliveredStates, known) → () => undefined'],
    reason: '`rest_came_back` is true then as well, and leads to the same state',
  },
  {
    file: 'services/order/domain.ts',
    changes: ['fact.version >= version → fact.version > version'],
    reason: 'a version of a parcel has the same lines whenever it is told',
  },
  {
    file: 'services/shipping/domain-lines.ts',
    changes: [`'' → "Stryker was here!"`],
    reason: 'any word that is no warehouse marks the lines of none',
  },
  {
    file: 'services/shipping/domain.ts',
    line: 'const deliveryRoute',
    changes: [`'created' → ""`],
    reason: 'what is not on the route is before its first step as well',
  },
  { file: 'services/promotion/domain-basket.ts', changes: ['pieces === 0 → false'], reason: 'without such pieces no line takes the price' },
  {
    file: 'services/promotion/domain-discounts.ts',
    changes: ['items[line]?.price → items[line].price'],
    reason: 'the line is always there',
  },
  {
    file: 'services/promotion/domain-discounts.ts',
    line: 'const given',
    changes: ['() => 0 → () => undefined'],
    reason: 'every line is given a number',
  },
  {
    file: 'services/promotion/domain-discounts.ts',
    changes: ['a.line - b.line → a.line + b.line'],
    reason: 'the sort keeps lines of one price in their order',
  },
  { file: 'services/promotion/domain.ts', changes: ['refusal !== undefined → true'], reason: 'no refusal is not in the list' },
  {
    file: 'services/promotion/domain.ts',
    changes: ['item.category_ids?.includes → item.category_ids.includes'],
    reason: 'they are there, as the condition before it says',
  },
  {
    file: 'services/promotion/domain.ts',
    line: 'percentText',
    changes: ['[] → ["Stryker was here"]'],
    reason: 'the first part of a match is not looked at',
  },
  {
    file: 'services/tax/domain-days.ts',
    changes: ['formats.set(timeZone, format) → ;'],
    reason: 'a format is kept only because making one is slow',
  },
  {
    file: 'services/tax/domain.ts',
    line: 'export const taxPlace',
    changes: [`'' → "Stryker was here!"`],
    reason: 'what is no code is no region',
  },
  {
    file: 'services/tax/domain.ts',
    line: 'export const reportedPlace',
    changes: [`'' → "Stryker was here!"`],
    reason: 'what is no code is no country',
  },
  {
    file: 'services/tax/domain.ts',
    line: 'line.tax_class ??',
    changes: [`'' → "Stryker was here!"`],
    reason: 'what is no class is the standard one',
  },
  { file: 'services/tax/domain.ts', changes: [`place.region === '' → false`], reason: 'the whole country is looked at twice' },
  {
    file: 'services/tax/domain.ts',
    line: 'for (const region',
    changes: [`'' → "Stryker was here!"`],
    reason: 'the whole country is looked at twice',
  },
  {
    file: 'services/product/domain.ts',
    line: 'const requireStockUntouched',
    changes: ['[] → ["Stryker was here"]'],
    reason: 'a text has no stock',
  },
  {
    file: 'services/product/domain.ts',
    changes: ['change.sku !== undefined || changedVariants → true'],
    reason: 'SKUs that did not change are distinct already',
  },
  {
    file: 'services/product/domain.ts',
    changes: ['/^-+|-+$/g → /^-|-+$/g', '/^-+|-+$/g → /^-+|-$/g'],
    reason: 'there are no two hyphens in a row any more',
  },
  {
    file: 'services/user/domain-email.ts',
    line: `split('@')`,
    changes: [`'' → "Stryker was here!"`],
    reason: 'what has blanks is no address either',
  },
  { file: 'services/product/domain.ts', line: 'const opening', changes: ['[] → ["Stryker was here"]'], reason: 'there are variants then' },
  {
    file: 'services/notification/domain-quiet.ts',
    changes: [
      'known → false',
      'formats.size < 1000 → true',
      'formats.size < 1000 → false',
      'formats.size < 1000 → formats.size <= 1000',
      'formats.size < 1000 → formats.size >= 1000',
      'formats.set(timeZone, format) → ;',
    ],
    reason: 'a format is kept only because making one is slow',
  },
  { file: 'services/notification/domain-quiet.ts', changes: ['/^[A-Za-z]/ → /[A-Za-z]/'], reason: 'no name of a zone begins otherwise' },
  {
    file: 'services/notification/domain-quiet.ts',
    changes: [
      'clockAt(hours.time_zone, start + left * minute) === goal → false',
      'Math.max(start, start + (left - 120) * minute) → Math.min(start, start + (left - 120) * minute)',
      'start + (left - 120) * minute → start - (left - 120) * minute',
      '(left - 120) * minute → (left - 120) / minute',
    ],
    reason: 'the search by minutes finds the same moment, only later',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    line: '=== goal',
    changes: ['start + left * minute → start - left * minute', 'left * minute → left / minute'],
    reason: 'the search by minutes finds the same moment, only later',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    changes: ['moment <= start + (left + 120) * minute → moment < start + (left + 120) * minute'],
    reason: 'the moment is found before',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    changes: ['moment > at → true', 'moment > at → moment >= at'],
    reason: 'while it is quiet the end is not reached',
  },
  {
    file: 'services/notification/domain-quiet.ts',
    line: '  return new Date',
    changes: ['start + left * minute → start - left * minute', 'left * minute → left / minute'],
    reason: 'the moment is always found before',
  },
  {
    file: 'services/notification/domain-delivery.ts',
    changes: ['rank[reported] > rank[present] → rank[reported] >= rank[present]'],
    reason: 'no two reports have the same rank',
  },
  {
    file: 'services/favourite/domain.ts',
    changes: ['after.price !== null → true'],
    reason: 'a price that is known does not become unknown',
  },
  {
    file: 'services/favourite/domain.ts',
    changes: ['watch.price === null → false'],
    reason: 'without a price there is no currency either',
  },
  {
    file: 'shared/money.ts',
    changes: [
      '/^(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]\\d+))?$/ → /(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]\\d+))?$/',
      '/^(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]\\d+))?$/ → /^(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]\\d+))?/',
      '/^(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]\\d+))?$/ → /^(-?)(\\d+)(?:\\.(\\d+))?(?:e([^+-]\\d+))?$/',
      '/^(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]\\d+))?$/ → /^(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]\\d))?$/',
      '/^(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]\\d+))?$/ → /^(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]\\D+))?$/',
    ],
    reason: 'an amount that is written with an exponent is too large or too exact in any case',
  },
  {
    file: 'shared/money.ts',
    line: 'decimalText.exec',
    changes: ['\'0\' → ""', '[] → ["Stryker was here"]'],
    reason: 'no exponent is 0, and the first part of a match is not looked at',
  },
  { file: 'shared/money.ts', changes: ['digits !== 0n → true'], reason: 'zero is written without decimals' },
  {
    file: 'shared/address.ts',
    changes: ["typeof address === 'string' → false"],
    line: 'return {}',
    reason: 'a text has no country either',
  },
  {
    file: 'services/order/domain-statistics.ts',
    line: 'start >= end',
    changes: ['start && end → true', 'start && end → start || end'],
    reason: 'a comparison with undefined is false as well',
  },
  { file: 'services/search/domain-rank.ts', changes: ['popularity > 0 → popularity >= 0'], reason: 'the logarithm of one is nothing' },
  {
    file: 'services/search/domain-rank.ts',
    line: 'least) return',
    changes: [
      '(words + 1) * 2 ** standingBits <= least → (words + 1) * 2 ** standingBits < least',
      'words * 2 ** standingBits → words / 2 ** standingBits',
    ],
    reason: 'below what is asked for it need not be exact',
  },
  {
    file: 'services/search/domain-typos.ts',
    changes: ['m < n - most → false', 'least > most → false'],
    reason: 'the distance is too long then, which is only seen later',
  },
  { file: 'services/search/domain-typos.ts', changes: ['cost < least → cost <= least'], reason: 'of two equal costs either one will do' },
]
