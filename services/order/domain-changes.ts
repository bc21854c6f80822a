import {
  addFact,
  awaitsPayment,
  type Fact,
  isOverpaid,
  type Known,
  paidOf,
  paymentStatusOf,
  type Status,
  type Step,
  stepsFrom,
} from './domain'

/** What new facts make of an order, and what the others are told of it. */

/**
 * Payment must know what an order costs when more was captured than that, or payments of different amounts were: it refunds what is too
 * much.
 */
const paymentNeedsPrice = ({ facts, total }: Pick<Known, 'facts' | 'total'>): boolean => {
  const captured = Object.values(facts.payments).flatMap(payment => payment.captured ?? [])
  return isOverpaid({ facts, total }) || new Set(captured).size > 1
}

interface Changing extends Known {
  status: Status
}
/**
 * A step of which a status event is published. If `from` equals `to`, the status did not change: the event is published only to tell payment
 * the price.
 */
export interface ToldStep extends Step {
  /** What the order costs, when payment must know it. In minor units. */
  due?: number
}

/** Adds the facts and takes all steps that they lead to. */
export const afterFacts = ({ status, ...known }: Changing, added: readonly Fact[]) => {
  const facts = added.reduce(addFact, known.facts)
  const steps = stepsFrom(status, { ...known, facts })
  const due = paymentNeedsPrice({ facts, total: known.total }) ? known.total : undefined
  const { captured, refunded } = paidOf(facts)
  const end = steps.at(-1)?.to ?? status
  const needsPriceOnly = steps.length === 0 && due !== undefined && !paymentNeedsPrice(known)
  if (needsPriceOnly && !awaitsPayment(end) && end !== 'cancelled') steps.push({ from: end, to: end })
  return {
    facts,
    status: end,
    payment_status: paymentStatusOf(facts),
    captured,
    refunded,
    steps: steps.map((step): ToldStep => ({ ...step, ...(due !== undefined && !awaitsPayment(step.to) && { due }) })),
  }
}
