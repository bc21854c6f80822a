import { type ClientSession, ObjectId } from 'mongodb'
import { maySee } from '#shared/auth'
import { AppError, notFound, tooMany } from '#shared/errors'
import type { Answer, KeyedRequest } from '#shared/idempotency'
import type { Mongo } from '#shared/mongo'
import { idempotentlyInMongo } from '#shared/mongo-idempotency'
import { day, hour, second } from '#shared/time'
import { type ReviewRow, reportsIn, votesIn } from './database'
import { mostReportsADay, type Reply, replied, reported, requireOthers, voted } from './domain'
import { type ReplyView, replyView, type VoteView } from './model'
import { noReview, type Reviews } from './repository'
import type { SpamFilter } from './spam-filter'

interface Ports {
  mongo: Mongo
  reviews: Reviews
  filter: SpamFilter
}
type Request = Pick<KeyedRequest, 'scope' | 'key'>
interface Reader {
  id: number
  role: string
}

/** A customer's reply that is as likely as this to be spam is refused, in so many words: replies do not wait for anybody. */
const refusedFrom = 0.9

const readable = (review: ReviewRow) => {
  if (review.status !== 'published') throw noReview()
  return review
}

/** What readers do about a review. Each act is stored with what it changes of the review. */
export const reactions = ({ mongo, reviews, filter }: Ports) => {
  const change = async <Body>(
    request: Request,
    body: object,
    id: string,
    act: {
      by: number
      decide: (review: ReviewRow, session: ClientSession) => Promise<ReviewRow> | ReviewRow
      answer: (after: ReviewRow) => Answer<Body>
    },
  ): Promise<Answer<Body>> =>
    idempotentlyInMongo<Body>(mongo, { ...request, body }, async save => {
      const also = (session: ClientSession, after: ReviewRow) => save(session, act.answer(after))
      const row = await reviews.change(id, act.decide, { by: act.by, also })
      if (!row) throw noReview()
      return act.answer(row)
    })

  return {
    /** A second vote replaces the first. */
    vote: (request: Request, id: string, user: Reader, helpful: boolean): Promise<Answer<VoteView>> =>
      change(request, { helpful }, id, {
        by: user.id,
        async decide(review, session) {
          requireOthers(readable(review), user.id)
          const earlier = await votesIn(mongo).findOneAndUpdate(
            { review_id: review._id, user_id: user.id },
            { $set: { helpful }, $setOnInsert: { created_at: new Date() } },
            { upsert: true, returnDocument: 'before', session },
          )
          return earlier?.helpful === helpful ? review : { ...review, ...voted(review, helpful, earlier?.helpful) }
        },
        answer: ({ helpful_up, helpful_down }) => ({ status: 200, body: { id, helpful, helpful_up, helpful_down } }),
      }),

    async reply(request: Request, id: string, user: Reader, comment: string): Promise<Answer<ReplyView>> {
      const from_shop = user.role === 'admin'
      if (!from_shop && (await filter.textScore(comment)) >= refusedFrom)
        throw new AppError('unprocessable', 'looks_like_spam', 'The reply looks like advertising. Say it in other words, without links.')
      const reply: Reply = { id: new ObjectId().toHexString(), user_id: user.id, from_shop, comment, created_at: new Date() }
      return change(request, { comment }, id, {
        by: user.id,
        decide: review => replied(readable(review), reply),
        answer: ({ product_id }) => ({
          status: 201,
          // A reply is read with its review.
          headers: { location: `/api/ratings/product/${product_id}` },
          body: replyView(reply),
        }),
      })
    },

    /** An administrator deletes any reply, others their own. */
    async deleteReply(id: string, replyId: string, user: Reader): Promise<void> {
      const decide = (review: ReviewRow) => {
        const reply = review.replies.find(one => one.id === replyId)
        if (!reply || !maySee(user, reply.user_id)) throw notFound('reply')
        return { ...review, replies: review.replies.filter(one => one !== reply), version: review.version + 1 }
      }
      await reviews.change(id, decide, { by: user.id })
    },

    /** A second report of the same reader changes nothing. */
    report: (request: Request, id: string, user: Reader, reason: string | null): Promise<Answer<{ id: string; reported: true }>> =>
      change(request, { reason }, id, {
        by: user.id,
        async decide(review, session) {
          requireOthers(readable(review), user.id)
          const now = new Date()
          const reports = reportsIn(mongo)
          if (await reports.findOne({ review_id: review._id, user_id: user.id }, { session })) return review
          const today = { user_id: user.id, created_at: { $gte: new Date(now.getTime() - day) } }
          if ((await reports.countDocuments(today, { session, limit: mostReportsADay })) >= mostReportsADay)
            throw tooMany('too_many_reports', 'You have reported many reviews today; report others tomorrow.', hour / second)
          await reports.insertOne({ review_id: review._id, user_id: user.id, reason, created_at: now }, { session })
          return reported(review, now)
        },
        answer: () => ({ status: 200, body: { id, reported: true } }),
      }),
  }
}
export type Reactions = ReturnType<typeof reactions>
