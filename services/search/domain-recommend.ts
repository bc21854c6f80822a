import { day, second } from '#shared/time'

/** Why a product is shown. The order is that in which the reasons fill a list. */
export const reasons = ['bought_together', 'viewed', 'similar', 'popular_in_category', 'popular'] as const
export type Reason = (typeof reasons)[number]

/**
 * Counts decay forward: an order adds more the later it is, by a factor of two each quarter, and what is there is never touched. A sum divided
 * by the weight of today is the count of orders, each halved for every quarter that it is old.
 */
const halfLife = 90 * day
const epoch = Date.UTC(2026, 0, 1)
export const weightAt = (time: number): number => 2 ** ((time - epoch) / halfLife)
export const decay = { halfLifeSeconds: halfLife / second, epochSeconds: epoch / second }

/** Fewer than three orders say nothing of a pair. Only three or more make up more than two, and they do so for seven weeks. */
const leastTogether = 2.01

/** As if there were so many more orders with neither: in a young shop, two products that every order has are a pair. */
const ordersOfOthers = 100
/** By how many standard deviations more orders than chance explains must have both. */
const surprise = 3

/**
 * How strongly two products go together, of `together` orders with both, as many with each, and all: the cosine, shrunk where there are few.
 * What everybody buys is in many orders with everything, by chance: that is no pair, however large its cosine is.
 */
export const affinity = (together: number, { one, other, all }: { one: number; other: number; all: number }): number => {
  if (together < leastTogether || one <= 0 || other <= 0) return 0
  const byChance = (one * other) / (Math.max(all, one, other) + ordersOfOthers)
  if (together <= byChance + surprise * Math.sqrt(byChance)) return 0
  return (Math.min(1, together / Math.sqrt(one * other)) * together) / (together + 10)
}

export interface Candidate {
  id: string
  reason: Reason
}

export interface Selection {
  limit: number
  /** Whether it can be bought now, and is not what the shopper has already. */
  isOffered: (id: string) => boolean
  /** Its own category. */
  categoryOf: (id: string) => string | undefined
}

/** At most two in five of one category, as long as there are others. */
const shareOfACategory = 0.4

/** The first candidates that are offered, each once; mixed if no category had to be used beyond its share. */
export const selected = (
  candidates: Iterable<Candidate>,
  { limit, isOffered, categoryOf }: Selection,
): { items: Candidate[]; isMixed: boolean } => {
  const most = Math.max(1, Math.floor(limit * shareOfACategory))
  const counts = new Map<string | undefined, number>()
  const seen = new Set<string>()
  const chosen: (Candidate & { place: number })[] = []
  const spare: typeof chosen = []
  for (const candidate of candidates) {
    if (chosen.length === limit) break
    if (seen.has(candidate.id)) continue
    seen.add(candidate.id)
    if (!isOffered(candidate.id)) continue
    const category = categoryOf(candidate.id)
    const count = counts.get(category) ?? 0
    const place = seen.size
    if (count >= most) spare.push({ ...candidate, place })
    else {
      counts.set(category, count + 1)
      chosen.push({ ...candidate, place })
    }
  }
  const items = [...chosen, ...spare.slice(0, limit - chosen.length)].sort((a, b) => a.place - b.place)
  return { items: items.map(({ id, reason }) => ({ id, reason })), isMixed: chosen.length === limit }
}

/** What is known of a shopper: a product that they ordered, favoured or looked at, and when. */
export interface Interest {
  id: string
  kind: 'ordered' | 'favoured' | 'viewed'
  at: number
}
const interestWeights = { ordered: 1, favoured: 0.7, viewed: 0.3 } as const
const interestHalfLife = 30 * day
/** Of each kind, the last so many. */
export const interestsOfAKind = 20

/** How much each product says about the shopper now; of what they did with one product, the strongest counts. */
export const weighInterests = (interests: readonly Interest[], now: number): Map<string, { weight: number; kind: Interest['kind'] }> => {
  const weighed = new Map<string, { weight: number; kind: Interest['kind'] }>()
  for (const { id, kind, at } of interests) {
    const weight = interestWeights[kind] * 2 ** (-Math.max(0, now - at) / interestHalfLife)
    if (weight > (weighed.get(id)?.weight ?? 0)) weighed.set(id, { weight, kind })
  }
  return weighed
}

/** A source of candidates: a product, with how much it counts. */
export interface Source {
  id: string
  weight: number
  reason: Reason
}
/** What was bought with a source, with the counts of orders that had each of them. */
export interface Companions {
  source: Source
  bought: number
  with: readonly { id: string; together: number; bought: number }[]
}

/** Of so many orders: the companions of all sources, those that fit most of them best first. The reason is that of the source that says most. */
export const ranked = (orders: number, all: readonly Companions[]): Candidate[] => {
  const scores = new Map<string, { score: number; most: number; reason: Reason }>()
  for (const { source, bought, with: companions } of all)
    for (const { id, together, bought: other } of companions) {
      const score = source.weight * affinity(together, { one: bought, other, all: orders })
      if (score <= 0) continue
      const known = scores.get(id) ?? { score: 0, most: 0, reason: source.reason }
      const strongest = score > known.most ? { most: score, reason: source.reason } : { most: known.most, reason: known.reason }
      scores.set(id, { score: known.score + score, ...strongest })
    }
  return [...scores].sort(([a, x], [b, y]) => y.score - x.score || (a < b ? -1 : 1)).map(([id, { reason }]) => ({ id, reason }))
}
