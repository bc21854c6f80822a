import { type ClientSession, ObjectId } from 'mongodb'
import type { KeyedRequest } from '#shared/idempotency'
import type { Mongo } from '#shared/mongo'
import { idempotentlyInMongo } from '#shared/mongo-idempotency'
import { type ReportRow, type ReviewRow, replyReportsIn, reportsIn } from './database'
import { approve, reject } from './domain'
import { textOf } from './domain-behaviour'
import { approveReply, rejectReply, replyOf } from './domain-replies'
import { type ModeratedReplyView, type ModeratedReviewView, moderatedReplyView, moderatedReviewView } from './model'
import { noReview, type Reviews } from './repository'
import type { SpamFilter } from './spam-filter'

interface Ports {
  mongo: Mongo
  reviews: Reviews
  filter: SpamFilter
}
type Request = Pick<KeyedRequest, 'scope' | 'key'>

const shownReports = 20
const reportView = ({ user_id, reason, created_at }: ReportRow) => ({ user_id, reason, created_at: created_at.toISOString() })

/** What administrators decide. Each decision keeps its reason with the review, and teaches the spam filter. */
export const moderation = ({ mongo, reviews, filter }: Ports) => {
  const decide = <Body>(
    request: Request,
    body: object,
    id: string,
    {
      next,
      lesson,
      view,
    }: {
      next: (review: ReviewRow) => ReviewRow
      lesson: ((review: ReviewRow) => { text: string; isSpam: boolean }) | undefined
      view: (review: ReviewRow) => Body
    },
  ) =>
    idempotentlyInMongo<Body>(mongo, { ...request, body }, async save => {
      const answer = (row: ReviewRow) => ({ status: 200, body: view(row) })
      const row = await reviews.change(
        id,
        async (review, session) => {
          const decided = next(review)
          const learned = decided === review ? undefined : lesson?.(review)
          if (learned) await filter.learn(session, learned.text, learned.isSpam)
          return decided
        },
        { also: (session: ClientSession, after: ReviewRow) => save(session, answer(after)) },
      )
      if (!row) throw noReview()
      return answer(row)
    })

  return {
    approve: (request: Request, id: string, reason: string | null) =>
      decide<ModeratedReviewView>(request, { reason }, id, {
        next: review => approve(review, reason, new Date()),
        lesson: review => ({ text: textOf(review), isSpam: false }),
        view: moderatedReviewView,
      }),

    /** What is rejected for another reason than being spam teaches the filter nothing. */
    reject: (request: Request, id: string, reason: string, isSpam: boolean) =>
      decide<ModeratedReviewView>(request, { reason, isSpam }, id, {
        next: review => reject(review, reason, new Date()),
        lesson: isSpam ? review => ({ text: textOf(review), isSpam }) : undefined,
        view: moderatedReviewView,
      }),

    approveReply: (request: Request, id: string, replyId: string, reason: string | null) =>
      decide<ModeratedReplyView>(request, { reason }, id, {
        next: review => approveReply(review, replyId, reason, new Date()),
        lesson: review => ({ text: replyOf(review, replyId).comment, isSpam: false }),
        view: review => moderatedReplyView(replyOf(review, replyId)),
      }),

    rejectReply: (request: Request, id: string, replyId: string, reason: string, isSpam: boolean) =>
      decide<ModeratedReplyView>(request, { reason, isSpam }, id, {
        next: review => rejectReply(review, replyId, reason, new Date()),
        lesson: isSpam ? review => ({ text: replyOf(review, replyId).comment, isSpam }) : undefined,
        view: review => moderatedReplyView(replyOf(review, replyId)),
      }),

    /** With the newest reports about it and about its replies. */
    async byId(id: string) {
      const about = { review_id: new ObjectId(id) }
      const newest = { sort: { created_at: -1 }, limit: shownReports } as const
      const [row, reports, replyReports] = await Promise.all([
        reviews.byId(id),
        reportsIn(mongo).find(about, newest).toArray(),
        replyReportsIn(mongo).find(about, newest).toArray(),
      ])
      return {
        ...moderatedReviewView(row),
        reports: reports.map(reportView),
        reply_reports: replyReports.map(report => ({ reply_id: report.reply_id, ...reportView(report) })),
      }
    },
  }
}
export type Moderation = ReturnType<typeof moderation>
