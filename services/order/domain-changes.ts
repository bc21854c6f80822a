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

interface Changing extends Known {
  status: Status
}
/** What a step tells the others, besides where it led. */
export interface ToldStep extends Step {
  /** What the order costs, once more was paid for it. In minor units. */
  due?: number
}

/** Adds the facts and takes all steps that they lead to. */
export const afterFacts = ({ status, ...known }: Changing, added: readonly Fact[]) => {
  const facts = added.reduce(addFact, known.facts)
  const steps = stepsFrom(status, { ...known, facts })
  const due = isOverpaid({ facts, total: known.total }) ? known.total : undefined
  const { captured, refunded } = paidOf(facts)
  return {
    facts,
    status: steps.at(-1)?.to ?? status,
    payment_status: paymentStatusOf(facts),
    captured,
    refunded,
    steps: steps.map((step): ToldStep => ({ ...step, ...(due !== undefined && !awaitsPayment(step.to) && { due }) })),
  }
}
