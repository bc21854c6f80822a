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
]
