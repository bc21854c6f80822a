import type { OrderFacts } from '#services/payment/domain-refunds'
import { type Life, type Model, type Payment, type Refund, type Step, send } from './world'

/** What payment does to give money back. */

const begin = ({ refunds, refunding, ...payment }: Payment, refund: Pick<Refund, 'key' | 'cause' | 'amount' | 'attempt'>): Payment => ({
  ...payment,
  refunding: refunding + refund.amount,
  refunds: [...refunds, { ...refund, id: refunds.length + 1, state: 'pending', atProvider: 'never_seen' }],
})

/** As `followOrder` does: applies what is known of the order to one of its payments. */
export const follow = ({ decide }: Model, life: Life, before: Payment): Payment => {
  const { cancelled, delivered, paidBy, captured, due, returns } = life.books
  const waiting = before.isCaptured ? returns.filter(({ settled }) => !settled) : []
  const facts: OrderFacts = { isCancelled: cancelled, isDelivered: delivered, paidBy, captured, due: due ?? undefined, returns: waiting }
  const doing = decide.dueAction(before, facts) ?? before.doing
  const refunds = decide.dueRefunds(before, facts)
  const begun = new Set(before.refunds.flatMap(({ key }) => (key === null ? [] : [key])))
  const settled = new Set(refunds.map(({ key }) => key))
  if (waiting.length > 0)
    life.books = { ...life.books, returns: returns.map(one => ({ ...one, settled: one.settled || settled.has(`return:${one.id}`) })) }
  return decide
    .refundsToBegin(before, refunds, begun)
    .reduce<Payment>((payment, refund) => begin(payment, { ...refund, attempt: 1 }), { ...before, doing })
}

/** The provider refunds, or refuses to; then payment hears of it, at once or after a crash. */
export const refundSteps = ({ decide }: Model, life: Life, failuresLeft: number): Step[] => {
  const steps: Step[] = []
  const replace = (life: Life, payment: Payment, refund: Refund): Payment => {
    const after = { ...payment, refunds: payment.refunds.map(one => (one.id === refund.id ? refund : one)) }
    life.payments = life.payments.map(one => (one.id === after.id ? after : one))
    return after
  }
  for (const payment of life.payments)
    for (const refund of payment.refunds.filter(({ state }) => state === 'pending')) {
      const what = `refund ${refund.id} of payment ${payment.id}`
      const { atProvider: outcome } = refund
      if (outcome === 'never_seen') {
        const succeed: Step['take'] = (_, one) => void replace(one, payment, { ...refund, atProvider: 'succeeded' })
        steps.push({ text: `the provider makes ${what}`, isOptional: false, take: succeed })
        const fail: Step['take'] = (world, one) => {
          world.left = { ...world.left, refundFailures: failuresLeft - 1 }
          replace(one, payment, { ...refund, atProvider: 'failed' })
        }
        if (failuresLeft > 0) steps.push({ text: `the provider refuses ${what}`, isOptional: true, take: fail })
        continue
      }
      const settle: Step['take'] = (_, one) => {
        const after = decide.settledRefund(payment, refund, outcome)
        if (!after) return
        let changed: Payment = {
          ...replace(one, payment, { ...refund, state: outcome }),
          ...after.sums,
          ...(after.status && { status: after.status }),
        }
        if (after.retryInMs !== undefined) changed = begin(changed, { ...refund, key: null, attempt: refund.attempt + 1 })
        one.payments = one.payments.map(each => (each.id === changed.id ? changed : each))
        if (!after.status) return
        const fact = { kind: 'refund', id: payment.id, total: changed.refunded } as const
        send(one, { to: 'order', name: `payment ${payment.id} refunded ${changed.refunded}`, fact })
      }
      steps.push({ text: `payment hears that ${what} ${outcome}`, isOptional: false, take: settle })
    }
  return steps
}
