import { closed, Id, Time, t } from './schema'

/** How a service tells discovery what of its own does not add up, or what should be laid beside another's figures. */

export const DriftQuery = closed({ since: Time, until: Time })
export const OrderIds = closed({ order_ids: t.Array(Id, { maxItems: 5000, examples: [[1]] }) })

const maxExamples = 20
/** All are counted, some are named for a person to begin with. */
export const Drift = t.Object({ count: t.Integer(), examples: t.Array(t.String()) })
export const driftOf = (keys: readonly string[]) => ({ count: keys.length, examples: keys.slice(0, maxExamples) })
