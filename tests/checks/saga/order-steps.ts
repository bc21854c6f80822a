import { awaitsPayment, type Fact, isOver, type Line } from '#services/order/domain'
import type { Awaited } from '#services/order/domain-claims'
import { orderStatusUpdated } from '#shared/catalog'
import { isWantedBy } from '#shared/event'
import { sumOf } from '#shared/money'
import {
  at,
  type Life,
  lineOf,
  type Mail,
  type Model,
  now,
  pricePerPiece,
  refuses,
  type Step,
  send,
  sku,
  ticksUntil,
  totalOf,
} from './world'

/** What order does: it hears facts, lets customers cancel, change the address and send goods back, and ends what is not paid in time. */

export const currency = 'USD'

/** The order's row as its functions read it. */
export const awaited = ({ order }: Life): Awaited => ({
  status: order.status,
  payment_status: order.payment_status,
  total: order.total,
  currency,
  payment_due_at: at(order.dueIn),
  reservation_expires_at: at(order.reservedFor),
  claim_payment_id: order.claimedBy,
  claim_until: order.claimedBy === null ? null : at(order.claimedFor),
})
type Claim = Pick<Awaited, 'claim_payment_id' | 'claim_until'>
export const noClaim = { claim_payment_id: null, claim_until: null }
export const setClaim = (life: Life, { claim_payment_id, claim_until }: Claim): void => {
  life.order = { ...life.order, claimedBy: claim_payment_id, claimedFor: claim_until ? ticksUntil(claim_until) : 0 }
}

export const soldLines = ({ plan }: Model) => [{ ...lineOf(plan.quantity), price: pricePerPiece, discount: 0, tax: 0 }]

/** As `changeOrder` does: adds facts, takes the steps that follow, and tells the others. */
export const change = ({ plan, decide }: Model, life: Life, facts: readonly Fact[], total = life.order.total): void => {
  const { status, facts: known } = life.order
  const lines = [lineOf(plan.quantity)]
  const after = decide.afterFacts({ status, facts: known, hasPromise: plan.coupon !== undefined, total, lines }, facts)
  life.order = { ...life.order, status: after.status, payment_status: after.payment_status, facts: after.facts, total }
  for (const { from, to, due } of after.steps) {
    const values = { status: to, previous: from, overpaid: due !== undefined }
    if (to === 'cancelled') {
      const name = 'order.cancelled'
      send(life, { to: 'inventory', name, facts: { cancelled: true } }, { to: 'payment', name, facts: { cancelled: true } })
      send(life, { to: 'shipping', name, cancelled: true })
      if (plan.coupon) send(life, { to: 'promotion', name, event: 'cancelled' })
    } else if (isWantedBy('inventory', orderStatusUpdated, values))
      send(life, { to: 'inventory', name: 'order is paid', facts: { fulfillable: true, lines } })
    if (to === 'delivered') send(life, { to: 'payment', name: 'order is delivered', facts: { delivered: true } })
    if (due !== undefined) send(life, { to: 'payment', name: `order costs ${due}`, facts: { due } })
  }
  if (after.steps.length > 0 && isOver(after.status)) life.order = { ...life.order, cancelling: false }
}

const receiveReturn = ({ decide, ...model }: Model, life: Life, lines: readonly Line[], shipmentId: number | null): void => {
  const { returns } = life.order
  const refund = sumOf(
    decide.refundsFor(
      soldLines({ decide, ...model }),
      lines,
      returns.map(one => one.lines),
    ),
  )
  const id = returns.length + 1
  life.order = { ...life.order, returns: [...returns, { id, lines, refund, shipmentId }] }
  const name = `return ${id} is received`
  send(life, { to: 'inventory', name, returned: { id, lines } }, { to: 'payment', name, returned: { id, amount: refund } })
}

export const hear = (model: Model, life: Life, { fact }: Extract<Mail, { to: 'order' }>): void => {
  const { decide } = model
  const claim = decide.claimAfter({ claim_payment_id: life.order.claimedBy }, fact)
  if ('claim_until' in claim) setClaim(life, noClaim)
  change(model, life, [fact])
  if (fact.kind !== 'shipment') return
  for (const { shipmentId, lines } of decide.returnedParcels(life.order.facts))
    if (!life.order.returns.some(one => one.shipmentId === shipmentId)) receiveReturn(model, life, lines, shipmentId)
}

export const orderSteps = (model: Model, life: Life): Step[] => {
  const { plan, decide } = model
  const { status, cancelling, returns, total } = life.order
  const steps: Step[] = []
  const may = (text: string, take: Step['take'], isOptional = true) => steps.push({ text, isOptional, take })

  if (awaitsPayment(status) && decide.unpaidUntil(awaited(life)) <= now)
    may(
      'the payment deadline is over: order cancels',
      (_, one) => change(model, one, [{ kind: 'called_off', reason: 'payment_timeout' }]),
      false,
    )

  const how = decide.cancellation(status)
  if (plan.cancels && how === 'at_once')
    may('the customer cancels', (_, one) => change(model, one, [{ kind: 'called_off', reason: 'by_customer' }]))
  if (plan.cancels && how === 'after_void' && !cancelling)
    may('the customer asks to cancel', (_, one) => {
      one.order = { ...one.order, cancelling: 'asking' }
    })
  if (cancelling === 'voided' || cancelling === 'refused') {
    may(
      `order hears that shipping ${cancelling} its parcels`,
      (_, one) => {
        const end = decide.endOfRequest(one.order.status, { isOpen: true, voided: cancelling === 'voided' })
        one.order = { ...one.order, cancelling: false }
        if (end === 'call_off') change(model, one, [{ kind: 'called_off', reason: 'by_customer' }])
      },
      false,
    )
    if (plan.crashes)
      may('order crashes before it hears what shipping answers', (_, one) => {
        one.order = { ...one.order, cancelling: 'asking' }
      })
  }

  const carriage = plan.carriage[plan.carriage.map(each => totalOf(plan, each)).indexOf(total) + 1]
  if (carriage !== undefined && !refuses(() => decide.requireRepriceable(awaited(life), now)))
    may('the customer changes the address, and with it the price', (_, one) => change(model, one, [], totalOf(plan, carriage)))

  const earlier = returns.map(each => each.lines)
  const oneBack = () => decide.returnLines(soldLines(model), [{ product_id: 'p', sku, quantity: 1 }], earlier)
  if (plan.returns && status === 'delivered' && !refuses(oneBack))
    may('the customer sends a piece back', (_, one) => receiveReturn(model, one, oneBack(), null))
  return steps
}
