import { type ClientSession, ObjectId } from 'mongodb'
import { stale } from '#shared/etag'
import type { KeyedRequest } from '#shared/idempotency'
import type { Mongo } from '#shared/mongo'
import { idempotentlyInMongo } from '#shared/mongo-idempotency'
import type { RatingClients } from './clients'
import { purchasesIn, type ReviewRow, reviewsIn, withdrawalsIn } from './database'
import { edited, newReview, rewritten, type Writing, writtenAnew } from './domain'
import { textOf } from './domain-behaviour'
import { imageAddresses } from './domain-images'
import { type OwnReviewView, ownReviewView } from './model'
import { noReview, type Reviews } from './repository'
import type { SpamFilter } from './spam-filter'

interface Ports {
  mongo: Mongo
  reviews: Reviews
  filter: SpamFilter
  clients: RatingClients
}

const withAddresses = <W extends Partial<Writing>>(writing: W): W =>
  writing.images ? { ...writing, images: imageAddresses(writing.images) } : writing

const createdAnswer = (row: ReviewRow) => ({
  status: 201,
  // Only an administrator may read what is at its id.
  headers: { location: '/api/ratings/me' },
  body: ownReviewView(row),
})

const rejudge = Symbol('the text changed after it was judged')
const attempts = 3

/** What an author does. */
export const writeReview = ({ mongo, reviews, filter, clients }: Ports) => ({
  post: (request: Pick<KeyedRequest, 'scope' | 'key'>, userId: number, productId: string, given: Writing) =>
    idempotentlyInMongo<OwnReviewView>(mongo, { ...request, body: { product_id: productId, ...given } }, async save => {
      const writing = withAddresses(given)
      await clients.requireProduct(productId)
      const { waits, spam, sketch, bands } = await filter.judge(
        { userId, productId, rating: writing.rating, text: textOf(writing) },
        new Date(),
      )
      const row = await reviews.add(
        { userId, productId },
        async session => {
          const author = { product_id: productId, user_id: userId }
          const purchase = await purchasesIn(mongo).findOne(author, { session })
          const earlier = await reviewsIn(mongo).findOne({ user_id: userId }, { session, projection: { _id: 1 } })
          const withdrawn = await withdrawalsIn(mongo).findOneAndDelete(author, { session })
          const now = new Date()
          const review = newReview(writing, { ...author, verified_purchase: purchase !== null }, waits, now)
          const held = withdrawn ? writtenAnew(review, now) : review
          return { _id: new ObjectId(), ...held, first: earlier === null, spam, sketch, bands }
        },
        (session, row) => save(session, createdAnswer(row)),
      )
      return createdAnswer(row)
    }),

  async edit(id: string, userId: number, given: Partial<Writing>): Promise<OwnReviewView> {
    const change = withAddresses(given)
    const own = (review: ReviewRow) => {
      if (review.user_id !== userId) throw noReview()
      return review
    }
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const next = rewritten(own(await reviews.byId(id)), change)
      const text = textOf(next)
      const { waits, spam, sketch, bands } = await filter.judge(
        { userId, productId: next.product_id, rating: next.rating, text },
        new Date(),
      )
      const decide = (review: ReviewRow) => {
        const after = rewritten(own(review), change)
        if (after === review) return review
        if (textOf(after) !== text) throw rejudge
        return { ...edited(review, after, waits, new Date()), spam, sketch, bands }
      }
      const row = await reviews.change(id, decide, { by: userId }).catch(error => {
        if (error !== rejudge) throw error
        return undefined
      })
      if (row) return ownReviewView(row)
    }
    throw stale()
  },

  async remove(id: string, userId: number): Promise<void> {
    const decide = async ({ user_id, product_id, status, open_reports }: ReviewRow, session: ClientSession) => {
      if (user_id !== userId) throw noReview()
      // Otherwise an author could undo what readers said and administrators decided, by writing the same again.
      if (status !== 'published' || open_reports > 0)
        await withdrawalsIn(mongo).updateOne({ user_id, product_id }, { $set: { withdrawn_at: new Date() } }, { session, upsert: true })
      return undefined
    }
    await reviews.change(id, decide, { by: userId })
  },
})
export type WriteReview = ReturnType<typeof writeReview>
