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
 * Payment has to know what an order costs where something else was captured than that: more, or several payments of different amounts. What
 * is too much goes back.
 */
const mustTellCost = ({ facts, total }: Pick<Known, 'facts' | 'total'>): boolean => {
  const captured = Object.values(facts.payments).flatMap(payment => payment.captured ?? [])
  return isOverpaid({ facts, total }) || new Set(captured).size > 1
}

interface Changing extends Known {
  status: Status
}
/** What a step tells the others, besides where it led. One that leads nowhere tells only what the order costs. */
export interface ToldStep extends Step {
  /** What the order costs, where payment has to know. In minor units. */
  due?: number
}

/** Adds the facts and takes all steps that they lead to. */
export const afterFacts = ({ status, ...known }: Changing, added: readonly Fact[]) => {
  const facts = added.reduce(addFact, known.facts)
  const steps = stepsFrom(status, { ...known, facts })
  const due = mustTellCost({ facts, total: known.total }) ? known.total : undefined
  const { captured, refunded } = paidOf(facts)
  const end = steps.at(-1)?.to ?? status
  const isNews = steps.length === 0 && due !== undefined && !mustTellCost(known)
  if (isNews && !awaitsPayment(end) && end !== 'cancelled') steps.push({ from: end, to: end })
  return {
    facts,
    status: end,
    payment_status: paymentStatusOf(facts),
    captured,
    refunded,
    steps: steps.map((step): ToldStep => ({ ...step, ...(due !== undefined && !awaitsPayment(step.to) && { due }) })),
  }
}
