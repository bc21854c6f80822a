import type { Facts } from '#services/order/domain'
import type { Life, Mail, Payment, World } from './world'

/** A text for each state. Two states in which the same can happen have the same text. */

const numbers = new Map<string, number>()
/** Equal texts get the same number. */
const numberOf = (text: string): number => {
  const known = numbers.get(text)
  if (known !== undefined) return known
  numbers.set(text, numbers.size)
  return numbers.size - 1
}
/** Most steps leave most parts as they are, and no part is ever changed in place. */
const numbered = <Part extends object>(textOf: (part: Part) => string) => {
  const known = new WeakMap<Part, number>()
  return (part: Part): number => {
    const before = known.get(part)
    if (before !== undefined) return before
    const number = numberOf(textOf(part))
    known.set(part, number)
    return number
  }
}

/** All that order looks for among the statuses of a parcel. */
export const milestones = (seen: readonly string[]): string[] => {
  const ends = ['delivered', 'returned'].filter(end => seen.includes(end))
  return ends.length > 0 || seen.includes('picked_up') || seen.includes('in_transit') ? ['left', ...ends] : []
}
/** Which answer, and which status of a parcel, was heard first decides nothing. */
const facts = numbered(({ heard, calledOff, payments, shipments }: Facts) => {
  const paid = Object.entries(payments).map(([id, p]) => [id, p.authorized, p.captured, p.refunded, p.ended])
  const sent = Object.entries(shipments).map(([id, { lines, version, seen }]) => [
    id,
    version,
    lines.map(one => one.quantity),
    milestones(seen),
  ])
  return JSON.stringify([Object.keys(heard).sort(), calledOff, paid, sent])
})
const order = numbered(
  ({ facts: known, ...row }: Life['order']) =>
    `order ${facts(known)} ${Object.values({ ...row, returns: JSON.stringify(row.returns) }).join()}`,
)
const stock = numbered(({ facts: known, ...row }: Life['stock']) =>
  JSON.stringify(['stock', known.placed, known.fulfillable, known.cancelled, ...Object.values(row)]),
)
const payment = numbered((one: Payment) => JSON.stringify(one))
const payments = numbered((all: readonly Payment[]) => `payments ${all.map(payment).join()}`)
const parcels = numbered((all: Life['parcels']) => `parcels ${JSON.stringify(all)}`)
const books = numbered((row: Life['books']) => `books ${JSON.stringify(row)}`)
const paying = numbered((all: Life['paying']) => `paying ${JSON.stringify(all)}`)
const letter = numbered((mail: Mail) => `${mail.to} ${mail.name} ${mail.isCopy} ${'expiry' in mail && mail.expiry?.ticks}`)
const letters = numbered((all: readonly Mail[]) => `mail ${all.map(letter).sort().join()}`)
const life = numbered((one: Life) => {
  const packing = `${one.packing.voided} ${one.packing.lines !== undefined}`
  const parts = [order(one.order), stock(one.stock), payments(one.payments), parcels(one.parcels), books(one.books), paying(one.paying)]
  return `life ${one.redemption} ${packing} ${letters(one.mail)} ${parts.join(' ')}`
})

/** The orders are alike, so which of them is the first makes no difference. */
export const keyOf = ({ lives, shelves, couponUses, left }: World): string => {
  const shared = shelves.map(({ quantity, reserved }) => `${quantity} ${reserved}`).join()
  return `${lives.map(life).sort().join()}|${shared}|${couponUses}|${Object.values(left).join()}`
}
