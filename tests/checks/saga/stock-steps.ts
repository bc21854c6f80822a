import type { OrderFacts } from '#services/inventory/domain'
import type { Line } from '#services/shipping/domain-lines'
import { at, type Life, type Mail, type Model, now, type Step, send, type World } from './world'

/** What inventory and promotion do. */

const asFacts = ({ stock: { facts, expiry } }: Life): OrderFacts => ({
  ...facts,
  expiry: expiry ? { at: at(expiry.ticks), version: expiry.version } : undefined,
})

type Change = { warehouse: string; quantity: number }
const move = (world: World, changes: readonly Change[], perPiece: { reserved: number; onHand: number }): void => {
  world.shelves = world.shelves.map(shelf => {
    const pieces = changes.reduce((sum, { warehouse, quantity }) => (warehouse === shelf.warehouse ? sum + quantity : sum), 0)
    return { ...shelf, reserved: shelf.reserved + perPiece.reserved * pieces, quantity: shelf.quantity + perPiece.onHand * pieces }
  })
}

const advance = ({ decide }: Model, world: World, life: Life): void => {
  const { state, facts, left } = life.stock
  const step = decide.nextReservationStep(state, facts)
  if (step === 'nothing') return
  if (step === 'close') {
    life.stock = { ...life.stock, state: 'released' }
    return
  }
  const effect = decide.stockSteps[step]
  if (step === 'reserve' || step === 'commitUnreserved') {
    const allocated = decide.allocateLines(facts.lines, () => ({ opened: true, archived: false, stock: world.shelves }))
    if (typeof allocated === 'string') {
      const isRefused = step === 'reserve'
      life.stock = { ...life.stock, state: isRefused ? 'rejected' : 'commit_failed' }
      send(life, {
        to: 'order',
        name: isRefused ? 'inventory.rejected' : 'inventory.commit_failed',
        fact: { kind: isRefused ? 'stock_refused' : 'commit_failed' },
      })
      return
    }
    move(world, allocated, effect)
    life.stock = { ...life.stock, left: allocated.map(one => ({ ...one, returned: 0 })) }
  } else {
    const pieces = step === 'restock' ? left.map(one => ({ ...one, quantity: one.quantity - one.returned })) : left
    move(world, pieces, effect)
    if (step === 'restock') life.stock = { ...life.stock, left: left.map(one => ({ ...one, returned: one.quantity })) }
  }
  life.stock = { ...life.stock, state: effect.to }
  if (effect.to === 'reserved') send(life, { to: 'order', name: 'inventory.reserved', fact: { kind: 'reserved' } })
  if (effect.to === 'committed') {
    const committed = life.stock.left.map(({ sku, warehouse, quantity }): Line => ({ product_id: 'p', sku, warehouse, quantity }))
    // Order is told as well. It keeps that for its timeline: none of its conditions reads it.
    send(life, { to: 'shipping', name: 'inventory.committed', committed })
  }
}

export const stock = (model: Model, world: World, life: Life, mail: Extract<Mail, { to: 'inventory' }>): void => {
  if ('facts' in mail) {
    const given = { ...mail.facts, expiry: mail.expiry && { at: at(mail.expiry.ticks), version: mail.expiry.version } }
    const { expiry, ...facts } = model.decide.addOrderFacts(asFacts(life), given)
    const isNew = expiry?.version !== life.stock.expiry?.version
    life.stock = { ...life.stock, facts, expiry: isNew ? (mail.expiry ?? null) : life.stock.expiry }
    advance(model, world, life)
    return
  }
  const { id, lines } = mail.returned
  const { returns, left } = life.stock
  if (returns.includes(id)) return
  const received = model.decide.allocateReturn(lines, left)
  move(world, received, { reserved: 0, onHand: 1 })
  const piecesTo = (warehouse: string) => received.reduce((sum, one) => (one.warehouse === warehouse ? sum + one.quantity : sum), 0)
  life.stock = {
    ...life.stock,
    returns: [...returns, id].toSorted(),
    left: left.map(one => ({ ...one, returned: one.returned + piecesTo(one.warehouse) })),
  }
}

export const stockSteps = (model: Model, life: Life): Step[] => {
  if (!model.decide.isExpired(life.stock.state, asFacts(life), now)) return []
  const expire: Step['take'] = (world, one) => {
    move(world, one.stock.left, model.decide.stockSteps.release)
    one.stock = { ...one.stock, state: 'expired' }
  }
  return [{ text: 'inventory gives up stock that was reserved for too long', isOptional: false, take: expire }]
}

export const redeem = ({ plan, decide }: Model, world: World, life: Life, { event }: Extract<Mail, { to: 'promotion' }>): void => {
  const step = decide.nextRedemptionStep(life.redemption, event)
  if (step === 'close') life.redemption = 'released'
  if (step === 'release') {
    world.couponUses -= 1
    life.redemption = 'released'
  }
  if (step !== 'hold') return
  const campaign = {
    totalLimit: plan.coupon?.limit ?? null,
    perUserLimit: null,
    endsAt: null,
    deletedAt: null,
    used: world.couponUses,
    usedByUser: 0,
  }
  const refusal = decide.refusalToHold({ campaign_id: 1, code: 'SAVE' }, campaign, undefined, now)
  life.redemption = refusal ? 'rejected' : 'redeemed'
  if (!refusal) world.couponUses += 1
  send(life, {
    to: 'order',
    name: refusal ? 'promotion.rejected' : 'promotion.redeemed',
    fact: { kind: refusal ? 'promise_refused' : 'redeemed' },
  })
}
