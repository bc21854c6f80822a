import { closed, Id, Time, t } from './schema'

/** How services report to discovery what is inconsistent in their own data, or what is to be compared with the data of others. */

export const DriftQuery = closed({ since: Time, until: Time })
export const OrderIds = closed({ order_ids: t.Array(Id, { maxItems: 5000, examples: [[1]] }) })

const maxExamples = 20
/** All cases are counted; some are named as examples. */
export const Drift = t.Object({ count: t.Integer(), examples: t.Array(t.String()) })
export const driftOf = (keys: readonly string[]) => ({ count: keys.length, examples: keys.slice(0, maxExamples) })
