import { type ChargeState, isOpen, waitsForMoney } from '#services/payment/domain'
import { mayAsk } from '#services/payment/domain-charges'
import { toMajor } from '#shared/money'
import { awaited, currency, noClaim, setClaim } from './order-steps'
import { follow } from './refund-steps'
import { at, type Life, type Mail, type Model, now, type Payment, refuses, type Step, send, tickMs, ticksUntil } from './world'

/** What payment does with its payments, and what customers and providers do with them. */

const name = (payment: Pick<Payment, 'id'>) => `payment ${payment.id}`
const save = (life: Life, after: Payment): void => {
  life.payments = life.payments.map(one => (one.id === after.id ? after : one))
}
const isLive = ({ status }: Payment) => status !== 'failed' && status !== 'voided'
const isOffline = ({ payment_method }: Payment) => payment_method === 'bank_transfer' || payment_method === 'cash_on_delivery'
const events = { authorized: 'authorized', completed: 'captured', failed: 'failed', voided: 'voided' } as const
const hasEvent = (status: string): status is keyof typeof events => status in events

/** As `settleCharge` does. */
const settle = (model: Model, life: Life, before: Payment, state: ChargeState, capturable = false): void => {
  const { decide } = model
  const settled = decide.settledBy(before, { state, amount: before.amount, currency, capturable })
  if (!settled) return
  const status = settled.status ?? before.status
  const payment: Payment = {
    ...before,
    status,
    doing: settled.doing,
    ...(settled.captures && { isCaptured: true, captured: before.amount }),
    expires: before.expires && isOpen(status),
    holds: before.holds && waitsForMoney(status),
  }
  const { paidBy, captured } = life.books
  const { id, amount } = payment
  life.books = {
    ...life.books,
    paidBy: decide.paidByAfter(paidBy, id, settled),
    captured: settled.captures ? [...captured, { id, amount }] : captured,
  }
  if (settled.status && hasEvent(status)) {
    const { payment_method: method } = payment
    send(life, { to: 'order', name: `${name(payment)} ${status}`, fact: { kind: 'payment', id, method, outcome: events[status], amount } })
  }
  save(life, follow(model, life, payment))
  if (settled.captures && !isOpen(before.status)) followAll(model, life)
}

const followAll = (model: Model, life: Life): void => {
  for (const payment of life.payments) save(life, follow(model, life, payment))
}

/** A report may be lost, as long as payment would ask for what it says. */
const chargeBecomes = (life: Life, payment: Payment, charge: ChargeState | 'approved', isSure = false): void => {
  save(life, { ...payment, charge })
  const capturable = charge === 'approved'
  const report = { payment: payment.id, state: capturable ? 'requires_action' : charge, capturable } as const
  send(life, { to: 'payment', name: `report that payment ${payment.id} is ${charge}`, report, isSure })
}

export const hearAbout = (model: Model, life: Life, mail: Extract<Mail, { to: 'payment' }>): void => {
  if ('report' in mail) {
    const { payment, state, capturable } = mail.report
    const known = life.payments.find(({ id }) => id === payment)
    if (known) settle(model, life, known, state, capturable)
    return
  }
  const { books } = life
  if ('returned' in mail) {
    if (!books.returns.some(({ id }) => id === mail.returned.id))
      life.books = { ...books, returns: [...books.returns, { ...mail.returned, settled: false }] }
  } else {
    const { cancelled, delivered, due } = mail.facts
    life.books = {
      ...books,
      cancelled: books.cancelled || !!cancelled,
      delivered: books.delivered || !!delivered,
      due: books.due ?? due ?? null,
    }
  }
  followAll(model, life)
}

const endRequest = (life: Life, id: number): void => {
  life.paying = life.paying.filter(request => request.id !== id)
}
const claim = ({ decide }: Model, life: Life, id: number): void => {
  setClaim(life, decide.claimFor(awaited(life), id, at(1)))
  life.paying = [...life.paying, { id, amount: life.order.total, at: 'claimed', ticksLeft: 1 }]
}
const store = ({ plan: { method, dueIn } }: Model, life: Life, id: number, amount: number): void => {
  endRequest(life, id)
  if (life.books.cancelled || life.payments.some(isLive)) {
    if (life.order.claimedBy === id) setClaim(life, noClaim)
    return
  }
  const sums = { captured: 0, refunded: 0, refunding: 0, refunds: [] }
  const terms = { ticksLeft: method === 'bank_transfer' ? 2 * dueIn : dueIn, holds: true, expires: method !== 'cash_on_delivery' }
  const offline = method === 'bank_transfer' ? 'pending' : method === 'cash_on_delivery' ? 'authorized' : undefined
  const row = { id, payment_method: method, status: 'pending', amount, currency, isCaptured: false, doing: 'charge' } as const
  life.payments = [...life.payments, { ...row, ...sums, ...terms, charge: offline ?? 'never_seen' }]
  if (!offline) life.paying = [...life.paying, { id, amount, at: 'stored', ticksLeft: 0 }]
}
const askForMoney = (life: Life, id: number, answer: ChargeState | 'approved'): void => {
  endRequest(life, id)
  const payment = life.payments.find(each => each.id === id)
  if (payment) chargeBecomes(life, payment, answer)
}

/** A request claims the order, stores its payment, charges it, and may crash after each. What a charge answers is under way as a report. */
const requestSteps = (model: Model, life: Life, left: number): Step[] => {
  const { plan, decide } = model
  const steps: Step[] = []
  const may = (text: string, take: Step['take'], isOptional = false) => steps.push({ text, isOptional, take })
  const id = Math.max(0, ...life.paying.map(request => request.id), ...life.payments.map(payment => payment.id)) + 1
  const due = { payment_id: id, amount: toMajor(life.order.total, currency), currency }
  if (left > 0 && !refuses(() => decide.requirePayable(awaited(life), due, now))) {
    const pay =
      (answer?: ChargeState | 'approved'): Step['take'] =>
      (world, one) => {
        world.left = { ...world.left, payments: world.left.payments - 1 }
        claim(model, one, id)
        if (answer === undefined) return
        store(model, one, id, one.order.total)
        askForMoney(one, id, answer)
      }
    if (plan.paysAtOnce) for (const answer of plan.answers) may(`the customer pays: payment ${id} becomes ${answer}`, pay(answer), true)
    else may(`the customer pays: payment ${id} claims the order`, pay(), true)
  }
  for (const { id, amount, at: where } of life.paying) {
    if (plan.crashes) may(`the request of payment ${id} crashes when it is ${where}`, (_, one) => endRequest(one, id), true)
    if (where === 'claimed') may(`payment ${id} is stored`, (_, one) => store(model, one, id, amount))
    else
      for (const answer of plan.answers)
        may(`the provider is asked for payment ${id}, which becomes ${answer}`, (_, one) => askForMoney(one, id, answer))
  }
  return steps
}

/** What customers and banks do at the provider. */
const providerSteps = ({ plan }: Model, payment: Payment, lateCaptures: number): Step[] => {
  const { charge } = payment
  const become = (next: ChargeState | 'approved', terms: { isOptional?: boolean; isSure?: boolean } = {}): Step => ({
    text: `at the provider, ${name(payment)} becomes ${next}`,
    isOptional: terms.isOptional ?? true,
    take(world, one) {
      if (charge === 'failed') world.left = { ...world.left, lateCaptures: world.left.lateCaptures - 1 }
      chargeBecomes(one, payment, next, terms.isSure)
    },
  })
  // Nobody asks for a transfer that came, or for money that came although it was refused: there, the report is sent until it is heard.
  if (charge === 'pending' && isOffline(payment)) return [become('captured', { isSure: true })]
  if (charge === 'pending') return [become('captured', { isOptional: false }), become('failed', { isOptional: false })]
  if (charge === 'requires_action') return plan.customer.map(next => become(next))
  return charge === 'failed' && lateCaptures > 0 ? [become('captured', { isSure: true })] : []
}

/** What the provider makes of it; undefined when it stays as it is. */
const actAt = (action: 'capture' | 'void', payment: Payment): 'captured' | 'voided' | undefined => {
  const { charge } = payment
  if (action === 'void' && charge === 'requires_action') return 'voided'
  const waits = charge === 'authorized' || charge === 'approved' || (charge === 'pending' && isOffline(payment))
  return waits ? (action === 'capture' ? 'captured' : 'voided') : undefined
}

export const paymentSteps = (model: Model, life: Life, left: { payments: number; lateCaptures: number }): Step[] => {
  const { decide } = model
  const steps = requestSteps(model, life, left.payments)
  const must = (text: string, take: Step['take']) => steps.push({ text, isOptional: false, take })
  for (const payment of life.payments) {
    const { id, doing, charge, payment_method, status, ticksLeft } = payment
    steps.push(...providerSteps(model, payment, left.lateCaptures))
    if (doing) {
      const state = charge === 'approved' ? 'requires_action' : charge
      const asked = state === 'never_seen' ? { state } : ({ state: 'known', outcome: { state } } as const)
      const isGivenUp = !life.paying.some(request => request.id === id)
      const next = decide.followUpOf({ doing, payment_method }, asked, { isGivenUp })
      if (next === 'give_up')
        must(`payment gives up ${name(payment)}, which never reached the provider`, (_, one) => settle(model, one, payment, 'failed'))
      if (next === 'settle' && state !== 'never_seen')
        must(`payment asks how ${name(payment)} ended: ${charge}`, (_, one) => settle(model, one, payment, state, charge === 'approved'))
      const becomes = next === 'act' && doing !== 'charge' ? actAt(doing, payment) : undefined
      if (becomes) must(`payment asks the provider to ${doing} ${name(payment)}`, (_, one) => chargeBecomes(one, payment, becomes))
    }
    const holdMs = payment.holds
      ? decide.holdMs({ ...payment, created_at: at(0) }, { actionMs: ticksLeft * tickMs, transferDueMs: ticksLeft * tickMs }, 0)
      : undefined
    if (payment.holds && holdMs === undefined)
      must(`payment has nothing to hold for ${name(payment)}`, (_, one) => save(one, { ...payment, holds: false }))
    if (holdMs !== undefined) must(`payment holds the order for ${name(payment)}`, (_, one) => hold(model, one, payment, holdMs))
    if (payment.expires && ticksLeft === 0) {
      const end = decide.endOfUnfinished(payment)
      if (end !== 'later')
        must(`the time for ${name(payment)} is over`, (_, one) =>
          save(one, { ...payment, expires: false, doing: end === 'void' ? 'void' : doing }),
        )
    }
    if (!isLive(payment) && life.order.claimedBy === id)
      steps.push({
        text: `the request of ${name(payment)} releases its claim`,
        isOptional: true,
        take: (_, one) => setClaim(one, noClaim),
      })
    if (doing) continue
    if (mayAsk('cancel', payment, { isCancelled: life.books.cancelled }))
      steps.push({
        text: `the customer gives up ${name(payment)}`,
        isOptional: true,
        take: (_, one) => save(one, { ...payment, doing: 'void' }),
      })
    if (status !== 'authorized') continue
    for (const action of ['capture', 'void'] as const)
      if (mayAsk(action, payment, { isCancelled: life.books.cancelled }))
        steps.push({
          text: `an admin asks to ${action} ${name(payment)}`,
          isOptional: true,
          take: (_, one) => save(one, { ...payment, doing: action }),
        })
  }
  return steps
}

const hold = ({ decide }: Model, life: Life, payment: Payment, holdMs: number): void => {
  const due = { payment_id: payment.id, amount: toMajor(payment.amount, currency), currency }
  if (refuses(() => decide.requireHoldable(awaited(life), due, now))) {
    const end = decide.endOfUnfinished(payment)
    if (end !== 'later') save(life, { ...payment, holds: false, doing: end === 'void' ? 'void' : payment.doing })
    return
  }
  const held = decide.holdFor(awaited(life), payment.id, at(holdMs / tickMs))
  setClaim(life, held.claim)
  save(life, { ...payment, holds: false })
  if (!held.due) return
  const version = life.order.version + 1
  const [dueIn, reservedFor] = [ticksUntil(held.due.payment_due_at), ticksUntil(held.due.reservation_expires_at)]
  life.order = { ...life.order, dueIn, reservedFor, version }
  send(life, { to: 'inventory', name: `order is due later v${version}`, facts: {}, expiry: { ticks: reservedFor, version } })
}
