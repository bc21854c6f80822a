/** What decides whether a review waits for an administrator: the odds of its text, and what is known about how it was written. */

export interface Signals {
  account_age_hours: number
  reviews_last_hour: number
  /** First reviews by their authors of the same product, within a day. */
  product_first_reviews_today: number
  /** How similar the most similar text of another account is, 0 to 1. */
  near_duplicate: number
  links: number
  /** Of the author's reviews, 0 to 1; 0 while there are too few to tell. */
  five_star_share: number
  verified_purchase: boolean
}

/** A review waits from this score on. */
export const waitsFrom = 0.5

const between = (least: number, most: number, value: number) => Math.max(least, Math.min(most, value))
const logOf = (odds: number) => Math.log(odds / (1 - odds))

/**
 * What each signal adds to the log-odds of being spam; 0 means that it says nothing. They are limited so that several must agree before they outweigh an
 * honest text, except for a text that another account has written already or a burst that no person types.
 */
const weigh: { [Name in keyof Signals]: (value: number) => number } = {
  account_age_hours: hours => (hours < 1 ? 0.3 : hours < 24 ? 0.2 : hours < 24 * 30 ? 0 : -0.3),
  reviews_last_hour: count => between(0, 4, (count - 2) * 0.6),
  product_first_reviews_today: count => between(0, 1.5, Math.log2(Math.max(1, count) / 5) * 0.5),
  near_duplicate: share => between(0, 5, (share - 0.5) * 10),
  links: count => (count < 1 ? 0 : between(0, 2, 0.3 + count * 0.3)),
  five_star_share: share => between(0, 0.4, (share - 0.8) * 2),
  verified_purchase: verified => (verified > 0 ? -1 : 0),
}

const nameOf = (name: string): name is keyof Signals => name in weigh

/** The score, and every signal with its value and what it added, in log-odds. */
export const assess = ({ textScore, signals }: { textScore: number; signals: Signals }) => {
  // Neither a text alone that is surely honest nor one that is surely spam silences everything else.
  const text = between(-3, 3.5, logOf(between(0.001, 0.999, textScore)))
  const weighed = Object.entries(signals).flatMap(([name, given]) => {
    const value = Number(given)
    return nameOf(name) && Number.isFinite(value) ? [{ name: name as string, value, weight: weigh[name](value) }] : []
  })
  const all = [{ name: 'text', value: textScore, weight: text }, ...weighed]
  const score = 1 / (1 + Math.exp(-all.reduce((sum, { weight }) => sum + weight, 0)))
  return { score, waits: !(score < waitsFrom), signals: all }
}
