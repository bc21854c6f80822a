import { awaitsPayment, isOver, paidOf } from '#services/order/domain'
import { isOpen, waitsForMoney } from '#services/payment/domain'
import { neverLeft } from '#services/shipping/domain'
import type { Line } from '#services/shipping/domain-lines'
import { type Life, type Model, type Payment, pricePerPiece, type World } from './world'

/** What must hold. Each promise that is broken is a sentence. */

const sum = <T>(all: readonly T[], of: (one: T) => number) => all.reduce((total, one) => total + of(one), 0)
const pieces = (lines: readonly Line[]) => sum(lines, ({ quantity }) => quantity)
const piecesIn = (parcels: Life['parcels'], isCounted: (one: Life['parcels'][number]) => boolean) =>
  sum(parcels.filter(isCounted), ({ lines }) => pieces(lines))
/** What the customer sent back, apart from parcels that came back. */
const sentBack = ({ order }: Life) =>
  sum(
    order.returns.filter(({ shipmentId }) => shipmentId === null),
    ({ lines }) => pieces(lines),
  )
const refundedAtProvider = ({ refunds }: Payment) =>
  sum(
    refunds.filter(({ atProvider }) => atProvider === 'succeeded'),
    one => one.amount,
  )

function* brokenByPayments({ order, payments, paying }: Life) {
  for (const payment of payments) {
    const { id, amount, captured, refunded, refunding, status, doing, holds, ticksLeft } = payment
    if (refunding < 0 || refunded + refunding > captured)
      yield `payment ${id} captured ${captured}, refunded ${refunded} and is refunding ${refunding}`
    if (refundedAtProvider(payment) > amount) yield `payment ${id} of ${amount} gave ${refundedAtProvider(payment)} back`
    // The order is held for it, as long as its customer may take.
    if (holds || doing === 'void' || ticksLeft === 0 || !waitsForMoney(status)) continue
    if (awaitsPayment(order.status) && order.total !== amount)
      yield `an order costs ${order.total} while it is held for payment ${id} of ${amount}`
    if (order.facts.calledOff === 'payment_timeout') yield `an order timed out while it was held for payment ${id}`
  }
  const claims = paying.filter(({ at, ticksLeft }) => at === 'claimed' && ticksLeft > 0)
  if (claims.length > 1) yield 'two payments have claimed an order at once'
  for (const { id, amount } of claims)
    if (awaitsPayment(order.status) && order.total !== amount)
      yield `an order costs ${order.total} while payment ${id} of ${amount} has claimed it`
}

/** In every state. */
export function* brokenNow({ plan }: Model, { lives, shelves, couponUses }: World) {
  for (const { warehouse, quantity, reserved } of shelves)
    if (reserved < 0 || quantity < reserved) yield `${warehouse} has ${quantity} on hand, of which ${reserved} are reserved`
  if (plan.coupon && (couponUses < 0 || couponUses > plan.coupon.limit))
    yield `the coupon counts ${couponUses} uses of ${plan.coupon.limit}`
  for (const life of lives) {
    yield* brokenByPayments(life)
    const { order, parcels } = life
    if (parcels.length === 0) continue
    const sent = piecesIn(parcels, one => !neverLeft(one))
    if (sent > plan.quantity) yield `${sent} of ${plan.quantity} pieces are in parcels`
    if (order.status === 'cancelled' && parcels.some(({ pickedUp, status }) => pickedUp && status !== 'returned'))
      yield 'a parcel of a cancelled order is on its way'
    if (sentBack(life) > piecesIn(parcels, ({ status }) => status === 'delivered')) yield 'more pieces came back than were delivered'
  }
}

function* brokenAtEnd({ plan }: Model, life: Life) {
  const { order, payments, stock, parcels, redemption } = life
  const { status } = order
  const isDelivered = status === 'delivered'
  if (!isOver(status)) yield `the order waits as ${status}`
  if (order.cancelling) yield 'a request to cancel waits'
  for (const payment of payments) {
    if (isOpen(payment.status) || payment.doing) yield `payment ${payment.id} waits as ${payment.status}`
    if (payment.refunding !== 0) yield `payment ${payment.id} waits for a refund`
  }
  const returned = piecesIn(parcels, one => one.status === 'returned') + sentBack(life)
  const owed = isDelivered ? order.total - returned * pricePerPiece : 0
  const kept = sum(payments, one => (one.charge === 'captured' ? one.amount : 0) - refundedAtProvider(one))
  if (kept !== owed) yield `${kept} is kept for an order that owes ${owed}`
  const booked = sum(payments, ({ captured, refunded }) => captured - refunded)
  if (booked !== kept) yield `payment has booked ${booked}, but the provider has ${kept}`
  const heard = paidOf(order.facts)
  if (heard.captured - heard.refunded !== kept) yield `order believes in ${heard.captured - heard.refunded}, but the provider has ${kept}`

  if (stock.state !== (isDelivered ? 'committed' : 'released')) yield `the stock of an order that is ${status} is ${stock.state}`
  if (plan.coupon && (redemption === 'redeemed') !== isDelivered) yield `the coupon of an order that is ${status} is ${redemption}`
  if (parcels.some(one => !neverLeft(one) && one.status !== 'delivered' && one.status !== 'returned')) yield 'a parcel waits'
  const delivered = piecesIn(parcels, one => one.status === 'delivered')
  const expected = isDelivered ? plan.quantity - piecesIn(parcels, one => one.status === 'returned') : 0
  if (delivered !== expected) yield `${delivered} pieces were delivered where ${expected} should be`
}

/** When nobody has anything left to do. */
export function* brokenInEnd(model: Model, { lives, shelves, couponUses }: World) {
  const { plan } = model
  for (const life of lives) yield* brokenAtEnd(model, life)
  const sold = sum(lives, life => piecesIn(life.parcels, one => one.status === 'delivered') - sentBack(life))
  const onHand = sum(shelves, ({ quantity }) => quantity)
  const expected = sum(plan.shelves, ({ quantity }) => quantity) - sold
  if (onHand !== expected) yield `${onHand} pieces are on hand where ${expected} should be`
  const reserved = sum(shelves, one => one.reserved)
  if (reserved !== 0) yield `${reserved} pieces stay reserved`
  const orders = lives.filter(({ order }) => order.status === 'delivered').length
  if (plan.coupon && couponUses !== orders) yield `the coupon counts ${couponUses} uses by ${orders} orders`
}
