import type { Message } from '#shared/event'
import type { Mongo } from '#shared/mongo'
import { forgetAnswersInMongo } from '#shared/mongo-idempotency'
import { peopleIn, purchasesIn, replyReportsIn, replyWithdrawalsIn, reportsIn, reviewsIn, votesIn, withdrawalsIn } from './database'
import { voted } from './domain'
import { moderatedReply } from './domain-replies'
import { ownReviewView, reasonOf, replyView } from './model'
import type { People } from './people'
import type { Reviews } from './repository'

const votesAtOnce = 100

interface Ports {
  mongo: Mongo
  people: People
  reviews: Reviews
}

export const ratingPersonalData = ({ mongo, people, reviews }: Ports) => {
  const votes = votesIn(mongo)

  /** Each vote goes with what it counted, so that a review's counts are always those of its votes. */
  const eraseVotes = async (userId: number): Promise<void> => {
    for (;;) {
      const some = await votes.find({ user_id: userId }).limit(votesAtOnce).toArray()
      if (some.length === 0) return
      for (const { review_id, ...vote } of some) {
        await reviews.change(review_id.toHexString(), async (review, session) => {
          const deleted = await votes.findOneAndDelete({ review_id, user_id: vote.user_id }, { session })
          return deleted ? { ...review, ...voted(review, undefined, deleted.helpful) } : review
        })
      }
    }
  }

  return {
    async exportOf(userId: number) {
      const own = { user_id: userId }
      const [person, written, repliedTo, voteRows, reportRows, replyReports, purchases, withdrawals, replyWithdrawals] = await Promise.all([
        peopleIn(mongo).findOne({ _id: userId }),
        reviewsIn(mongo).find(own).toArray(),
        reviewsIn(mongo).find({ 'replies.user_id': userId }).toArray(),
        votes.find(own).toArray(),
        reportsIn(mongo).find(own).toArray(),
        replyReportsIn(mongo).find(own).toArray(),
        purchasesIn(mongo).find(own).toArray(),
        withdrawalsIn(mongo).find(own).toArray(),
        replyWithdrawalsIn(mongo).find(own).toArray(),
      ])
      return {
        first_seen_at: person?.first_seen_at?.toISOString() ?? null,
        reviews: written.map(ownReviewView),
        replies: repliedTo.flatMap(review =>
          review.replies
            .filter(reply => reply.user_id === userId)
            .map(reply => ({ review_id: review._id.toHexString(), ...replyView(reply), reason: reasonOf(moderatedReply(reply)) })),
        ),
        votes: voteRows.map(({ review_id, helpful, created_at }) => ({
          review_id: review_id.toHexString(),
          helpful,
          created_at: created_at.toISOString(),
        })),
        reports: reportRows.map(({ review_id, reason, created_at }) => ({
          review_id: review_id.toHexString(),
          reason,
          created_at: created_at.toISOString(),
        })),
        reply_reports: replyReports.map(({ review_id, reply_id, reason, created_at }) => ({
          review_id: review_id.toHexString(),
          reply_id,
          reason,
          created_at: created_at.toISOString(),
        })),
        delivered: purchases.map(({ product_id, delivered_at }) => ({ product_id, delivered_at: delivered_at.toISOString() })),
        withdrawn: withdrawals.map(({ product_id, withdrawn_at }) => ({ product_id, withdrawn_at: withdrawn_at.toISOString() })),
        withdrawn_replies: replyWithdrawals.map(({ review_id, created_at }) => ({
          review_id: review_id.toHexString(),
          withdrawn_at: created_at.toISOString(),
        })),
      }
    },

    /** Reviews and replies stay, without their author. Votes, reports, purchases and what was withdrawn go. */
    async forget(message: Message, userId: number): Promise<void> {
      await mongo.once(message, async session => {
        await people.erase(session, userId)
        await reviewsIn(mongo).updateMany({ user_id: userId }, { $set: { user_id: null } }, { session })
        await reviewsIn(mongo).updateMany(
          { 'replies.user_id': userId },
          { $set: { 'replies.$[own].user_id': null } },
          { session, arrayFilters: [{ 'own.user_id': userId }] },
        )
        for (const about of [reportsIn, replyReportsIn, purchasesIn, withdrawalsIn, replyWithdrawalsIn])
          await about(mongo).deleteMany({ user_id: userId }, { session })
        await forgetAnswersInMongo(mongo, session, userId)
      })
      // Not within the transaction, which thousands of votes would make too long. A repetition of the message goes on where this stopped.
      await eraseVotes(userId)
    },
  }
}
export type RatingPersonalData = ReturnType<typeof ratingPersonalData>
