import { day, hour } from '#shared/time'

/** What the way in which a review is written tells about it, beside its text. */

export const textOf = ({ title, comment }: { title?: string | null; comment?: string | null }): string =>
  [title, comment].filter(Boolean).join('\n')

const link =
  /https?:\/\/|\bwww\.|\b[a-z0-9-]{2,}\.(?:com|net|org|info|biz|ru|cn|io|co|me|shop|store|site|online|top|xyz|link|click|vn|kr)\b/gi
/** A whole address is one link, as is a bare name. */
export const linksIn = (text: string): number => (text.replace(/(?:https?:\/\/|\bwww\.)\S*/gi, ' www. ').match(link) ?? []).length

/** Fewer reviews than this say nothing about their author's habits. */
const tellingReviews = 5

export interface EarlierReview {
  rating: number
  created_at: Date
}
/** The author's other reviews, the newest of them, and the one that is written now. */
export const habits = (earlier: readonly EarlierReview[], rating: number, now: Date) => {
  const ratings = [rating, ...earlier.map(review => review.rating)]
  return {
    reviews_last_hour: earlier.filter(({ created_at }) => now.getTime() - created_at.getTime() < hour).length,
    five_star_share: ratings.length < tellingReviews ? 0 : ratings.filter(stars => stars === 5).length / ratings.length,
  }
}

/** An account is as old as its registration, or as its first act that this service saw. */
export const accountAgeHours = (person: { registered_at?: Date; first_seen_at?: Date } | null, now: Date): number => {
  const since = Math.min(...[person?.registered_at, person?.first_seen_at, now].flatMap(at => at?.getTime() ?? []))
  return (now.getTime() - since) / hour
}

/** Many people write "very good" in the same words: only longer texts are compared. */
export const comparedFrom = 25

const rowsInBand = 4
/** Two sketches that are as good as equal share a band, and two that are not hardly ever do: candidates are found by an index of bands. */
export const bandsOf = (sketch: readonly number[]): string[] =>
  Array.from({ length: Math.floor(sketch.length / rowsInBand) }, (_, band) => {
    const rows = sketch.slice(band * rowsInBand, (band + 1) * rowsInBand)
    return `${band}:${Bun.hash.crc32(rows.join()).toString(36)}`
  })

export const burstWithinMs = day
