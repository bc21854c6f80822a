import { conflict } from '#shared/errors'

export type Status = 'published' | 'waiting' | 'rejected'

/** Why a review has its status: what the spam filter, readers or an administrator decided, the newest last. */
export interface Decision {
  decision: 'held_by_filter' | 'held_by_reports' | 'held_after_edit' | 'held_after_deletion' | 'approved' | 'rejected'
  reason: string | null
  at: Date
}

/** What readers report and administrators decide on. */
export interface Moderated {
  status: Status
  /** Since an administrator last decided. */
  open_reports: number
  history: Decision[]
}

/** One that an earlier release stored, or that nobody reported, has no more than the required fields and is published. */
export interface Reply extends Partial<Moderated> {
  id: string
  /** Null once the person is erased. */
  user_id: number | null
  from_shop: boolean
  comment: string
  created_at: Date
}

export interface Review extends Moderated {
  product_id: string
  /** Null once the author is erased. */
  user_id: number | null
  rating: number
  title: string | null
  comment: string | null
  images: string[]
  incentivised: boolean
  verified_purchase: boolean
  helpful_up: number
  helpful_down: number
  replies: Reply[]
  version: number
  created_at: Date
  updated_at: Date
}

/** What an author writes. */
export interface Writing {
  rating: number
  title?: string | null
  comment?: string | null
  images?: string[]
  incentivised?: boolean
}

const mostDecisions = 50
const decided = ({ history }: Moderated, decision: Decision): Decision[] => [...history, decision].slice(-mostDecisions)

export const newReview = (
  { rating, title = null, comment = null, images = [], incentivised = false }: Writing,
  { product_id, user_id, verified_purchase }: Pick<Review, 'product_id' | 'user_id' | 'verified_purchase'>,
  waits: boolean,
  now: Date,
): Review => ({
  ...{ product_id, user_id, rating, title, comment, images, incentivised, verified_purchase },
  status: waits ? 'waiting' : 'published',
  helpful_up: 0,
  helpful_down: 0,
  open_reports: 0,
  replies: [],
  history: waits ? [{ decision: 'held_by_filter', reason: null, at: now }] : [],
  version: 1,
  created_at: now,
  updated_at: now,
})

/** A review whose author deleted one that was held, rejected or reported waits as an edited one does: it may be the same again. */
export const writtenAnew = <R extends Review>(review: R, now: Date): R => ({
  ...review,
  status: 'waiting',
  history: decided(review, { decision: 'held_after_deletion', reason: null, at: now }),
})

/** The review with what its author changes; the same object when that is nothing. */
export const rewritten = <R extends Review>(review: R, change: Partial<Writing>): R => {
  const next = { ...review, ...change }
  return Bun.deepEquals(next, review, true) ? review : next
}

/**
 * An edit never ends the waiting: otherwise an author could undo what readers and administrators decided. A rejected review that was edited is
 * looked at again.
 */
export const edited = <R extends Review>(before: R, after: R, waits: boolean, now: Date): R => {
  const holds = after.status === 'published' ? waits : after.status === 'rejected'
  const decision = after.status === 'published' ? ('held_by_filter' as const) : ('held_after_edit' as const)
  return {
    ...after,
    ...(holds && { status: 'waiting' as const, history: decided(before, { decision, reason: null, at: now }) }),
    version: before.version + 1,
    updated_at: now,
  }
}

/** What an administrator decides. The same decision again changes nothing. */
export const judged = <M extends Moderated>(about: M, status: 'published' | 'rejected', { decision, reason, at }: Decision): M => {
  const last = about.history.at(-1)
  if (about.status === status && about.open_reports === 0 && last?.decision === decision && last.reason === reason) return about
  return { ...about, status, open_reports: 0, history: decided(about, { decision, reason, at }) }
}
const nextVersion = <R extends Review>(before: R, after: R): R => (after === before ? before : { ...after, version: before.version + 1 })
export const approve = <R extends Review>(review: R, reason: string | null, at: Date): R =>
  nextVersion(review, judged(review, 'published', { decision: 'approved', reason, at }))
export const reject = <R extends Review>(review: R, reason: string, at: Date): R =>
  nextVersion(review, judged(review, 'rejected', { decision: 'rejected', reason, at }))

/**
 * So many readers send a published review to wait. One that an administrator approved as it is now takes more of them, so that a handful of
 * accounts cannot hide it again and again.
 */
export const reportsThatHold = { unseen: 3, approved: 10 }
/** So few by one reader that a handful of accounts cannot send the reviews of a whole shop to wait. */
export const mostReportsADay = 20

/** Counts a report; `approved` says whether an administrator approved it as it is. */
export const counted = <M extends Moderated>(about: M, approved: boolean, now: Date): M => {
  const open_reports = about.open_reports + 1
  const holds = about.status === 'published' && open_reports >= (approved ? reportsThatHold.approved : reportsThatHold.unseen)
  return {
    ...about,
    open_reports,
    ...(holds && { status: 'waiting' as const, history: decided(about, { decision: 'held_by_reports', reason: null, at: now }) }),
  }
}
export const reported = <R extends Review>(review: R, now: Date): R => {
  const approved = review.history.some(({ decision, at }) => decision === 'approved' && at >= review.updated_at)
  return nextVersion(review, counted(review, approved, now))
}

/** The shop has places of its own, so that customers cannot take the last one from it. */
export const mostReplies = { shop: 10, customers: 20, each: 3 }

export const replied = <R extends Review>(review: R, reply: Reply): R => {
  const alike = review.replies.filter(({ from_shop }) => from_shop === reply.from_shop)
  const own = alike.filter(({ user_id }) => user_id === reply.user_id)
  const kept = alike.filter(({ status }) => status !== 'rejected')
  const full = reply.from_shop ? alike.length >= mostReplies.shop : kept.length >= mostReplies.customers || own.length >= mostReplies.each
  if (full) throw conflict('too_many_replies', 'This review has as many replies as it takes; delete one of yours first.')
  return { ...review, replies: [...review.replies, reply], version: review.version + 1 }
}

/** Nobody helps a review of their own up, or down. */
export const requireOthers = (review: Review, userId: number) => {
  if (review.user_id === userId) throw conflict('own_review', 'This review is your own; change or delete it instead.')
}

/** The lists of its product in which a review is found: one for each combination of filters. */
export const listsOf = ({ status, rating, verified_purchase }: Pick<Review, 'status' | 'rating' | 'verified_purchase'>): string[] =>
  status === 'published'
    ? [{}, { stars: rating }, { verified: verified_purchase }, { stars: rating, verified: verified_purchase }].map(listName)
    : []
export const listName = ({ stars, verified }: { stars?: number; verified?: boolean }): string =>
  [stars ?? 'all', ...(verified === undefined ? [] : [verified ? 'verified' : 'unverified'])].join(' ')

/** 95 %, two-sided. */
const z = 1.959964
/**
 * The lower bound of the Wilson score interval, in billionths: how helpful a review is at least, as far as its votes tell. Without a vote for it
 * the bound is 0, and each vote against it counts.
 */
export const helpfulRank = (up: number, down: number): number => {
  if (up === 0) return 0 - down
  const n = up + down
  const share = up / n
  const margin = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * n)) / n)
  return Math.round(((share + (z * z) / (2 * n) - margin) / (1 + (z * z) / n)) * 1e9)
}

/** The counts after a vote that replaces an earlier one, if there was one. */
export const voted = (
  { helpful_up, helpful_down }: Pick<Review, 'helpful_up' | 'helpful_down'>,
  vote: boolean | undefined,
  earlier: boolean | undefined,
) => ({
  helpful_up: helpful_up + Number(vote === true) - Number(earlier === true),
  helpful_down: helpful_down + Number(vote === false) - Number(earlier === false),
})
