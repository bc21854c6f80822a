import { type ClientSession, ObjectId } from 'mongodb'
import { maySee } from '#shared/auth'
import { AppError, notFound, tooMany } from '#shared/errors'
import type { Answer, KeyedRequest } from '#shared/idempotency'
import type { Mongo } from '#shared/mongo'
import { idempotentlyInMongo } from '#shared/mongo-idempotency'
import { day, hour, second } from '#shared/time'
import { type ReviewRow, replyReportsIn, replyWithdrawalsIn, reportsIn, votesIn } from './database'
import { mostReportsADay, type Reply, replied, reported, requireOthers, voted } from './domain'
import { moderatedReply, repliedAnew, replyOf, replyReported, requireReportable } from './domain-replies'
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

  const requireFewReports = async (session: ClientSession, userId: number, now: Date) => {
    const today = { user_id: userId, created_at: { $gte: new Date(now.getTime() - day) } }
    let count = 0
    for (const reports of [reportsIn, replyReportsIn])
      count += await reports(mongo).countDocuments(today, { session, limit: mostReportsADay })
    if (count >= mostReportsADay)
      throw tooMany('too_many_reports', 'You have reported many reviews and replies today; report others tomorrow.', hour / second)
  }

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
        async decide(review, session) {
          const author = { review_id: review._id, user_id: user.id }
          const withdrawn = from_shop ? null : await replyWithdrawalsIn(mongo).findOneAndDelete(author, { session })
          return replied(readable(review), withdrawn ? repliedAnew(reply, reply.created_at) : reply)
        },
        answer: review => ({
          status: 201,
          // A reply is read with its review.
          headers: { location: `/api/ratings/product/${review.product_id}` },
          body: replyView(replyOf(review, reply.id)),
        }),
      })
    },

    /** An administrator deletes any reply, others their own. */
    async deleteReply(id: string, replyId: string, user: Reader): Promise<void> {
      const decide = async (review: ReviewRow, session: ClientSession) => {
        const reply = replyOf(review, replyId)
        if (!maySee(user, reply.user_id)) throw notFound('reply')
        await replyReportsIn(mongo).deleteMany({ reply_id: replyId }, { session })
        const { status, open_reports } = moderatedReply(reply)
        // Otherwise its writer could undo what readers said and administrators decided, by writing the same again.
        if (user.role !== 'admin' && (status !== 'published' || open_reports > 0))
          await replyWithdrawalsIn(mongo).updateOne(
            { review_id: review._id, user_id: user.id },
            { $set: { created_at: new Date() } },
            { session, upsert: true },
          )
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
          await requireFewReports(session, user.id, now)
          await reports.insertOne({ review_id: review._id, user_id: user.id, reason, created_at: now }, { session })
          return reported(review, now)
        },
        answer: () => ({ status: 200, body: { id, reported: true } }),
      }),

    reportReply: (request: Request, id: string, replyId: string, user: Reader, reason: string | null) =>
      change<{ id: string; reported: true }>(request, { reason }, id, {
        by: user.id,
        async decide(review, session) {
          requireReportable(readable(review), replyId, user.id)
          const now = new Date()
          const reports = replyReportsIn(mongo)
          if (await reports.findOne({ reply_id: replyId, user_id: user.id }, { session })) return review
          await requireFewReports(session, user.id, now)
          const report = { review_id: review._id, reply_id: replyId, user_id: user.id, reason, created_at: now }
          await reports.insertOne(report, { session })
          return replyReported(review, replyId, now)
        },
        answer: () => ({ status: 200, body: { id: replyId, reported: true } }),
      }),
  }
}
export type Reactions = ReturnType<typeof reactions>
