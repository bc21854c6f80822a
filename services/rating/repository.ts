import { type ClientSession, ObjectId } from 'mongodb'
import { ratingCreated } from '#shared/catalog'
import { conflict, notFound } from '#shared/errors'
import { keyedMutex } from '#shared/keyed-mutex'
import { isDuplicate, type Mongo } from '#shared/mongo'
import { type ReviewRow, replyReportsIn, replyWithdrawalsIn, reportsIn, reviewsIn, rowOf, votesIn } from './database'
import type { People } from './people'
import { partOf, type Summaries } from './summaries'

const isSecondReview = (error: unknown) => error instanceof Error && isDuplicate(error) && error.message.includes('user_product')
export const noReview = () => notFound('review')

type Decided = Parameters<typeof rowOf>[0] | undefined
interface Change {
  /** The person who changes it, unless it is an administrator: everything that a person does is refused once they are erased. */
  by?: number
  /** What else is stored with the change. */
  also?(session: ClientSession, after: ReviewRow): Promise<void>
}

interface Ports {
  mongo: Mongo
  people: People
  summaries: Summaries
}

export const reviewRepository = ({ mongo, people, summaries }: Ports) => {
  const reviews = reviewsIn(mongo)
  /**
   * Writes that change the same summary wait for each other here. Only those of different instances meet in the database, where one of two
   * starts again: a hundred at once would start again hundreds of times.
   */
  const inTurn = keyedMutex()

  const productOf = async (id: string): Promise<string> => {
    const row = await reviews.findOne({ _id: new ObjectId(id) }, { projection: { product_id: 1 } })
    if (!row) throw noReview()
    return row.product_id
  }

  return {
    async byId(id: string): Promise<ReviewRow> {
      const row = await reviews.findOne({ _id: new ObjectId(id) })
      if (!row) throw noReview()
      return row
    },

    /** `make` decides within the transaction, because a purchase or another review may have come meanwhile. */
    async add(
      author: { userId: number; productId: string },
      make: (session: ClientSession) => Promise<Parameters<typeof rowOf>[0]>,
      also: (session: ClientSession, row: ReviewRow) => Promise<void>,
    ): Promise<ReviewRow> {
      const { userId, productId } = author
      return inTurn(String(partOf(productId)), () =>
        mongo.transaction(async (session, publish) => {
          await people.enter(session, userId)
          const row = rowOf(await make(session))
          const { rating, status } = row
          await reviews.insertOne(row, { session })
          await summaries.move(session, publish, productId, { after: row })
          publish(
            ratingCreated(
              { id: row._id.toHexString(), version: row.version },
              {
                rating_id: row._id.toHexString(),
                user_id: userId,
                product_id: productId,
                rating,
                status: status === 'waiting' ? 'waiting' : 'published',
              },
            ),
          )
          await also(session, row)
          return row
        }),
      ).catch(error => {
        if (!isSecondReview(error)) throw error
        throw conflict('already_reviewed', 'You have reviewed this product already; change that review instead.')
      })
    },

    /** `decide` runs again if another change came first. The same review changes nothing, and undefined deletes it. */
    async change(
      id: string,
      decide: (review: ReviewRow, session: ClientSession) => Decided | Promise<Decided>,
      { by, also }: Change = {},
    ): Promise<ReviewRow | undefined> {
      const _id = new ObjectId(id)
      const productId = await productOf(id)
      return inTurn(String(partOf(productId)), () =>
        mongo.transaction(async (session, publish) => {
          if (by !== undefined) await people.enter(session, by)
          const before = await reviews.findOne({ _id }, { session })
          if (!before) throw noReview()
          const decided = await decide(before, session)
          const after = decided === before ? before : decided && rowOf(decided)
          if (!after) {
            await reviews.deleteOne({ _id }, { session })
            for (const about of [votesIn, reportsIn, replyReportsIn, replyWithdrawalsIn])
              await about(mongo).deleteMany({ review_id: _id }, { session })
          } else if (after !== before) await reviews.replaceOne({ _id }, after, { session })
          await summaries.move(session, publish, productId, { before, after })
          if (after) await also?.(session, after)
          return after
        }),
      )
    },
  }
}
export type Reviews = ReturnType<typeof reviewRepository>
