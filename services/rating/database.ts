import type { Binary, IndexDescription, ObjectId } from 'mongodb'
import type { Mongo } from '#shared/mongo'
import { day, second } from '#shared/time'
import { helpfulRank, listsOf, type Review } from './domain'
import { waitingSince } from './domain-replies'
import type { Tally } from './domain-summary'

/** What the spam filter found when the text was written. */
export interface Assessment {
  score: number
  text_score: number
  signals: { name: string; value: number; weight: number }[]
}

/** A stored review, with the fields that it is found by. */
export interface ReviewRow extends Review {
  _id: ObjectId
  /** See `listsOf`. */
  lists: string[]
  helpful_rank: number
  waiting_since: Date | null
  /** Since when the first of its replies waits. */
  replies_waiting_since: Date | null
  /** Whether it was the first review of its author. */
  first: boolean
  spam: Assessment
  /** What texts of other authors are compared with, and the parts of it by which similar texts are found. */
  sketch: number[]
  bands: string[]
}
type Derived = 'lists' | 'helpful_rank' | 'waiting_since' | 'replies_waiting_since'

export const rowOf = (row: Omit<ReviewRow, Derived> & Partial<Pick<ReviewRow, Derived>>): ReviewRow => ({
  ...row,
  lists: listsOf(row),
  helpful_rank: helpfulRank(row.helpful_up, row.helpful_down),
  // Whatever made it wait is its last decision.
  waiting_since: row.status === 'waiting' ? (row.history.at(-1)?.at ?? row.created_at) : null,
  replies_waiting_since: earliest(row.replies.map(waitingSince)),
})
const earliest = (times: readonly (Date | null)[]): Date | null =>
  times.reduce((first, time) => (first === null || (time !== null && time < first) ? time : first), null)

export interface SummaryRow extends Tally {
  /** The product. */
  _id: string
  version: number
  updated_at: Date
}

/** What is known of an account. Each act of a person writes it, so that an erasure conflicts with every act that it does not know of. */
export interface PersonRow {
  _id: number
  registered_at?: Date
  first_seen_at?: Date
  acts?: number
  /** An erased person leaves nothing but this mark. */
  erased?: true
}

interface OfReview {
  review_id: ObjectId
  user_id: number
  created_at: Date
}
export interface VoteRow extends OfReview {
  helpful: boolean
}
export interface ReportRow extends OfReview {
  reason: string | null
}
export interface ReplyReportRow extends ReportRow {
  reply_id: string
}
/** Its writer deleted a reply that was held, rejected or reported: the next one to the review waits for an administrator. */
export type ReplyWithdrawalRow = OfReview
export interface PurchaseRow {
  user_id: number
  product_id: string
  delivered_at: Date
}
/** Its author deleted a review that was held, rejected or reported: the next one of the product waits for an administrator. */
export interface WithdrawalRow {
  user_id: number
  product_id: string
  withdrawn_at: Date
}
export interface ModelRow {
  _id: 'spam'
  version: number
  model: Binary
}

/** Without the reviews of erased people, whose `user_id` is null. */
const ofPeople = { partialFilterExpression: { user_id: { $gt: 0 } } }
const oncePerUser: IndexDescription[] = [
  { name: 'review_user', key: { review_id: 1, user_id: 1 }, unique: true },
  { name: 'user', key: { user_id: 1 } },
]
const oncePerProduct: IndexDescription[] = [{ name: 'user_product', key: { user_id: 1, product_id: 1 }, unique: true }]

/** A review with replies that wait for an administrator. */
export const repliesWait = { replies_waiting_since: { $type: 'date' } } as const

export const indexes: Record<string, IndexDescription[]> = {
  reviews: [
    { name: 'user_product', key: { user_id: 1, product_id: 1 }, unique: true, ...ofPeople },
    { name: 'user_newest', key: { user_id: 1, created_at: -1, _id: -1 }, ...ofPeople },
    { name: 'helpful', key: { product_id: 1, lists: 1, helpful_rank: -1, _id: -1 } },
    { name: 'newest', key: { product_id: 1, lists: 1, created_at: -1, _id: -1 } },
    { name: 'highest', key: { product_id: 1, lists: 1, rating: -1, created_at: -1, _id: -1 } },
    { name: 'lowest', key: { product_id: 1, lists: 1, rating: 1, created_at: -1, _id: -1 } },
    { name: 'waiting', key: { waiting_since: 1, _id: 1 }, partialFilterExpression: { status: 'waiting' } },
    { name: 'waiting_replies', key: { replies_waiting_since: 1, _id: 1 }, partialFilterExpression: repliesWait },
    { name: 'first_reviews', key: { product_id: 1, created_at: 1 }, partialFilterExpression: { first: true } },
    { name: 'bands', key: { bands: 1, created_at: -1 } },
    { name: 'repliers', key: { 'replies.user_id': 1 }, sparse: true },
    { name: 'updated', key: { updated_at: 1 } },
  ],
  summaries: [{ name: 'updated', key: { updated_at: 1 } }],
  votes: oncePerUser,
  reports: [
    ...oncePerUser,
    { name: 'user_newest', key: { user_id: 1, created_at: -1 } },
    { name: 'review_newest', key: { review_id: 1, created_at: -1 } },
  ],
  reply_reports: [
    { name: 'reply_user', key: { reply_id: 1, user_id: 1 }, unique: true },
    { name: 'user_newest', key: { user_id: 1, created_at: -1 } },
    { name: 'review_newest', key: { review_id: 1, created_at: -1 } },
  ],
  reply_withdrawals: oncePerUser,
  purchases: oncePerProduct,
  withdrawals: oncePerProduct,
}

/** No read may occupy the database for longer; the client gets 503. */
export const maxReadMs = 2 * second

/** Texts are compared with those of the last month. */
export const comparedForMs = 30 * day

export const reviewsIn = (mongo: Mongo) => mongo.collection<ReviewRow>('reviews')
export const summariesIn = (mongo: Mongo) => mongo.collection<SummaryRow>('summaries')
/** The sums over all products, in parts, so that reviews of different products seldom wait for each other. */
export const totalsIn = (mongo: Mongo) => mongo.collection<{ _id: number; count: number; sum: number }>('totals')
export const peopleIn = (mongo: Mongo) => mongo.collection<PersonRow>('people')
export const votesIn = (mongo: Mongo) => mongo.collection<VoteRow>('votes')
export const reportsIn = (mongo: Mongo) => mongo.collection<ReportRow>('reports')
export const replyReportsIn = (mongo: Mongo) => mongo.collection<ReplyReportRow>('reply_reports')
export const replyWithdrawalsIn = (mongo: Mongo) => mongo.collection<ReplyWithdrawalRow>('reply_withdrawals')
export const purchasesIn = (mongo: Mongo) => mongo.collection<PurchaseRow>('purchases')
export const withdrawalsIn = (mongo: Mongo) => mongo.collection<WithdrawalRow>('withdrawals')
export const modelsIn = (mongo: Mongo) => mongo.collection<ModelRow>('models')
