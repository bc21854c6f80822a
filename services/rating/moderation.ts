import { type ClientSession, ObjectId } from 'mongodb'
import type { KeyedRequest } from '#shared/idempotency'
import type { Mongo } from '#shared/mongo'
import { idempotentlyInMongo } from '#shared/mongo-idempotency'
import { type ReviewRow, reportsIn } from './database'
import { approve, reject } from './domain'
import { textOf } from './domain-behaviour'
import { type ModeratedReviewView, moderatedReviewView } from './model'
import { noReview, type Reviews } from './repository'
import type { SpamFilter } from './spam-filter'

interface Ports {
  mongo: Mongo
  reviews: Reviews
  filter: SpamFilter
}
type Request = Pick<KeyedRequest, 'scope' | 'key'>

const shownReports = 20

/** What administrators decide. Each decision keeps its reason with the review, and teaches the spam filter. */
export const moderation = ({ mongo, reviews, filter }: Ports) => {
  const decide = (
    request: Request,
    body: object,
    id: string,
    next: (review: ReviewRow) => ReviewRow,
    lesson: { isSpam: boolean } | undefined,
  ) =>
    idempotentlyInMongo<ModeratedReviewView>(mongo, { ...request, body }, async save => {
      const answer = (row: ReviewRow) => ({ status: 200, body: moderatedReviewView(row) })
      const row = await reviews.change(
        id,
        async (review, session) => {
          const decided = next(review)
          if (lesson && decided !== review) await filter.learn(session, textOf(review), lesson.isSpam)
          return decided
        },
        { also: (session: ClientSession, after: ReviewRow) => save(session, answer(after)) },
      )
      if (!row) throw noReview()
      return answer(row)
    })

  return {
    approve: (request: Request, id: string, reason: string | null) =>
      decide(request, { reason }, id, review => approve(review, reason, new Date()), { isSpam: false }),

    /** What is rejected for another reason than being spam teaches the filter nothing. */
    reject: (request: Request, id: string, reason: string, isSpam: boolean) =>
      decide(request, { reason, isSpam }, id, review => reject(review, reason, new Date()), isSpam ? { isSpam } : undefined),

    /** With the newest reports about it. */
    async byId(id: string) {
      const [row, reports] = await Promise.all([
        reviews.byId(id),
        reportsIn(mongo)
          .find({ review_id: new ObjectId(id) })
          .sort({ created_at: -1 })
          .limit(shownReports)
          .toArray(),
      ])
      const shown = reports.map(({ user_id, reason, created_at }) => ({ user_id, reason, created_at: created_at.toISOString() }))
      return { ...moderatedReviewView(row), reports: shown }
    },
  }
}
export type Moderation = ReturnType<typeof moderation>
