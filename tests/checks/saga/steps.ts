import { awaitsPayment, type Fact, type Facts, isOver } from '#services/order/domain'
import { type ChargeState, isOpen } from '#services/payment/domain'
import { milestones } from './key'
import { hear, orderSteps } from './order-steps'
import { parcelSteps, ship } from './parcel-steps'
import { hearAbout, paymentSteps } from './payment-steps'
import { refundSteps } from './refund-steps'
import { redeem, stock, stockSteps } from './stock-steps'
import type { Life, Mail, Model, Payment, Step, World } from './world'

/** All steps that the world can take. */

export const hears = (model: Model, world: World, life: Life, mail: Mail): void => {
  if (mail.to === 'order') hear(model, life, mail)
  else if (mail.to === 'inventory') stock(model, world, life, mail)
  else if (mail.to === 'promotion') redeem(model, world, life, mail)
  else if (mail.to === 'payment') hearAbout(model, life, mail)
  else ship(model, life, mail)
}

const mailSteps = (model: Model, { left }: World, life: Life): Step[] =>
  life.mail.flatMap(mail => {
    const text = `${mail.to} hears${mail.isCopy ? ' again' : ''}: ${mail.name}`
    const rest = (one: Life) => one.mail.filter(each => each !== mail)
    const once: Step['take'] = (world, one) => {
      one.mail = rest(one)
      hears(model, world, one, mail)
    }
    const twice: Step['take'] = (world, one) => {
      world.left = { ...world.left, copies: world.left.copies - 1 }
      one.mail = [...rest(one), { ...mail, isCopy: true }]
      hears(model, world, one, mail)
    }
    const isOptional = mail.isCopy === true || ('report' in mail && !mail.isSure)
    const steps: Step[] = [{ text, isOptional, take: once }]
    if (left.copies > 0 && !mail.isCopy) steps.push({ text: `${text} (and will hear it again)`, isOptional: true, take: twice })
    return steps
  })

const mayExpire = ({ stock: { state } }: Life) => state === 'new' || state === 'waiting' || state === 'reserved'
const waits = ({ status, holds, expires }: Payment) => isOpen(status) && (holds || expires)

/**
 * Whether a report can still say something new. Of a captured payment nothing does, and of one that failed or was voided only that money
 * came after all.
 */
export const saysNothing = ({ isCaptured, status }: Pick<Payment, 'isCaptured' | 'status'>, reported: ChargeState): boolean =>
  isCaptured || (reported !== 'captured' && !isOpen(status))

/** Whether a message can change nothing any more, whatever comes before it. A test shows so for the functions that hear it. */
export const isOld = ({ order, stock, payments, redemption }: Life, mail: Mail): boolean => {
  if (mail.to === 'order' && mail.fact.kind === 'shipment') return isOldNews(order.facts, mail.fact)
  if (mail.to === 'order') return isOver(order.status) && answers.has(mail.fact.kind)
  if (mail.to === 'promotion') return redemption === 'released' || (redemption === 'rejected' && mail.event === 'cancelled')
  if (mail.to === 'inventory' && 'facts' in mail) {
    const { placed = false, fulfillable = false, cancelled = false } = mail.facts
    const isKnown = (!placed || stock.facts.placed) && (!fulfillable || stock.facts.fulfillable) && !cancelled
    return stock.state === 'released' || (isKnown && mail.expiry === undefined)
  }
  if (!('report' in mail)) return false
  const about = payments.find(({ id }) => id === mail.report.payment)
  return about !== undefined && saysNothing(about, mail.report.state)
}
/** A parcel that is known to have gone as far, with newer lines. */
const isOldNews = ({ shipments }: Facts, { id, version = 0, status }: Extract<Fact, { kind: 'shipment' }>): boolean => {
  const known = shipments[id]
  return known !== undefined && version <= (known.version ?? 0) && milestones([status]).every(one => milestones(known.seen).includes(one))
}
const answers = new Set<string>(['reserved', 'stock_refused', 'commit_failed', 'redeemed', 'promise_refused'])

/** Forgets what makes no difference any more, so that states that differ only in that are one. */
export const forget = ({ plan }: Model, life: Life): void => {
  const { order, stock } = life
  if (!plan.keepsOldMail && life.mail.some(one => isOld(life, one))) life.mail = life.mail.filter(one => !isOld(life, one))
  if (isOver(order.status) && Object.keys(order.facts.heard).length > 0) life.order = { ...order, facts: { ...order.facts, heard: {} } }
  if (stock.state === 'released' && (stock.facts.placed || stock.facts.fulfillable))
    life.stock = { ...stock, facts: { ...stock.facts, placed: false, fulfillable: false } }
  forgetDeadlines(life)
}
const forgetDeadlines = (life: Life): void => {
  const { order, stock } = life
  if (!awaitsPayment(order.status) && (order.dueIn > 0 || order.reservedFor > 0 || order.claimedBy !== null))
    life.order = { ...order, dueIn: 0, reservedFor: 0, claimedBy: null, claimedFor: 0 }
  if (stock.expiry && !mayExpire(life)) life.stock = { ...stock, expiry: null }
  if (life.payments.some(one => one.ticksLeft > 0 && !waits(one)))
    life.payments = life.payments.map(one => (waits(one) ? one : { ...one, ticksLeft: 0 }))
  if (life.mail.some(one => 'expiry' in one) && !mayExpire(life))
    life.mail = life.mail.map(one =>
      'expiry' in one && one.expiry && one.expiry.ticks > 0 ? { ...one, expiry: { ...one.expiry, ticks: 0 } } : one,
    )
}

const isWaiting = ({ order, stock, payments, mail }: Life) =>
  [order.dueIn, order.reservedFor, order.claimedFor, stock.expiry?.ticks ?? 0].some(ticks => ticks > 0) ||
  payments.some(({ ticksLeft }) => ticksLeft > 0) ||
  mail.some(one => 'expiry' in one && one.expiry && one.expiry.ticks > 0)

const sooner = (ticks: number) => Math.max(0, ticks - 1)
const passTime = (life: Life): Life => {
  const { order, stock } = life
  return {
    ...life,
    order: { ...order, dueIn: sooner(order.dueIn), reservedFor: sooner(order.reservedFor), claimedFor: sooner(order.claimedFor) },
    stock: stock.expiry ? { ...stock, expiry: { ...stock.expiry, ticks: sooner(stock.expiry.ticks) } } : stock,
    payments: life.payments.map(one => ({ ...one, ticksLeft: sooner(one.ticksLeft) })),
    // A request is answered within seconds. Only one that was stopped before it stored its payment may go on later.
    paying: life.paying.filter(one => one.at === 'claimed').map(one => ({ ...one, ticksLeft: sooner(one.ticksLeft) })),
    mail: life.mail.map(one =>
      'expiry' in one && one.expiry ? { ...one, expiry: { ...one.expiry, ticks: sooner(one.expiry.ticks) } } : one,
    ),
  }
}

/** The steps of one order, and the passing of time, which is one step for all of them. */
export const stepsOf = (model: Model, world: World, index: number): Step[] => {
  const life = world.lives[index]
  if (!life) return []
  const steps = [
    ...mailSteps(model, world, life),
    ...orderSteps(model, life),
    ...stockSteps(model, life),
    ...paymentSteps(model, life, world.left),
    ...refundSteps(model, life, world.left.refundFailures),
    ...parcelSteps(model, world, life),
  ]
  if (index === 0 && world.lives.some(isWaiting))
    steps.push({
      text: 'time passes',
      isOptional: false,
      take: (draft, one) => {
        draft.lives = draft.lives.map(passTime)
        Object.assign(one, passTime(one))
      },
    })
  return steps
}

/** The world after a step of one order. */
export const take = (model: Model, world: World, index: number, step: Step): World => {
  const next = { ...world, lives: [...world.lives] }
  const life = { ...world.lives[index]! }
  step.take(next, life)
  next.lives[index] = life
  for (const [at, one] of next.lives.entries()) {
    if (one === world.lives[at]) continue
    if (at !== index) next.lives[at] = { ...one }
    forget(model, next.lives[at]!)
  }
  return next
}
