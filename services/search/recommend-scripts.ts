import { day, second } from '#shared/time'
import countOrderSource from './count-order.lua' with { type: 'text' }
import { decay } from './domain-recommend'
import recordViewSource from './record-view.lua' with { type: 'text' }
import takeViewsSource from './take-views.lua' with { type: 'text' }

/** What bounds the memory of recommendations, whoever orders and looks at what. */
export const bounds = {
  ...decay,
  /** A product's companions are cut to the strongest of them when they are more. */
  mostCompanions: 400,
  keptCompanions: 300,
  /** Of all products together. After 40,000 made-up orders, a pair took 61 bytes. */
  mostPairs: 1_000_000,
  mostProducts: 200_000,
  mostPurchases: 60,
  mostViews: 30,
  mostGuests: 20_000,
  /** After that, no refund and no repeated event of an order is expected. */
  recordSeconds: (180 * day) / second,
  purchaseSeconds: (400 * day) / second,
}
export type Bounds = typeof bounds

const withBounds = (source: string, given: Bounds) =>
  `${Object.entries(given)
    .map(([name, value]) => `local ${name} = ${value}`)
    .join('\n')}\n${source}`

/** The scripts with their bounds written into them; tests write smaller ones. */
export const recommendScripts = (changed: Partial<Bounds> = {}) => {
  const all = { ...bounds, ...changed }
  return {
    countOrder: withBounds(countOrderSource, all),
    recordView: withBounds(recordViewSource, all),
    takeViews: withBounds(takeViewsSource, all),
  }
}
