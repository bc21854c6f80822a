import { Binary, type ClientSession } from 'mongodb'
import type { Mongo } from '#shared/mongo'
import { type Assessment, comparedForMs, maxReadMs, modelsIn, peopleIn, purchasesIn, reviewsIn } from './database'
import { accountAgeHours, bandsOf, burstWithinMs, comparedFrom, habits, linksIn } from './domain-behaviour'
import { assess, initialModel, learn, restore, type SpamModel, scoreText, serialize, similarity, sketchOf } from './domain-spam'

/** Every query reads at most so many documents: more would not change the decision. */
const mostEarlier = 50
const mostCounted = 100
const mostCompared = 100

/** The newest reviews of an author. */
export const earlierReviews = (mongo: Mongo, userId: number) =>
  reviewsIn(mongo)
    .find({ user_id: userId }, { sort: { created_at: -1, _id: -1 }, hint: 'user_newest', limit: mostEarlier, maxTimeMS: maxReadMs })
    .project<{ rating: number; created_at: Date; product_id: string }>({ rating: 1, created_at: 1, product_id: 1 })

/** Texts of other accounts that may be similar. */
export const comparedTexts = (mongo: Mongo, userId: number, bands: readonly string[], now: Date) =>
  reviewsIn(mongo)
    .find(
      { bands: { $in: [...bands] }, created_at: { $gte: new Date(now.getTime() - comparedForMs) }, user_id: { $ne: userId } },
      { hint: 'bands', limit: mostCompared, maxTimeMS: maxReadMs },
    )
    .project<{ sketch: number[] }>({ sketch: 1 })

interface Written {
  userId: number
  productId: string
  rating: number
  text: string
}

/** What the filter says about a review, and what later reviews are compared with. */
export interface Judgement {
  text: string
  waits: boolean
  spam: Assessment
  sketch: number[]
  bands: string[]
}

export const spamFilter = (mongo: Mongo) => {
  const models = modelsIn(mongo)
  let known: { version: number; model: SpamModel } | undefined

  // Bytes of their own: what the driver gives is a part of a larger buffer.
  const stored = ({ version, model }: { version: number; model: Binary }) => ({ version, model: restore(Uint8Array.from(model.buffer)) })
  /** The model as every instance learned it. It is fetched only when it has changed. */
  const current = async (): Promise<SpamModel> => {
    known ??= { version: 0, model: initialModel() }
    const newer = await models.findOne({ _id: 'spam', version: { $gt: known.version } }, { maxTimeMS: maxReadMs })
    if (newer) known = stored(newer)
    return known.model
  }

  /** How similar the most similar text of another account is. */
  const nearDuplicate = async (userId: number, sketch: readonly number[], bands: readonly string[], now: Date): Promise<number> => {
    if (bands.length === 0) return 0
    const candidates = await comparedTexts(mongo, userId, bands, now).toArray()
    return Math.max(0, ...candidates.map(other => similarity([...sketch], other.sketch)))
  }

  const textScore = async (text: string): Promise<number> => (text === '' ? 0 : scoreText(await current(), text))

  return {
    textScore,

    async judge({ userId, productId, rating, text }: Written, now: Date): Promise<Judgement> {
      const compared = text.length >= comparedFrom
      const sketch = compared ? sketchOf(text) : []
      const bands = bandsOf(sketch)
      const [score, person, earlier, firsts, near_duplicate, purchase] = await Promise.all([
        textScore(text),
        peopleIn(mongo).findOne({ _id: userId }),
        earlierReviews(mongo, userId).toArray(),
        reviewsIn(mongo).countDocuments(
          { product_id: productId, first: true, created_at: { $gte: new Date(now.getTime() - burstWithinMs) } },
          { limit: mostCounted, hint: 'first_reviews' },
        ),
        nearDuplicate(userId, sketch, bands, now),
        purchasesIn(mongo).findOne({ user_id: userId, product_id: productId }),
      ])
      const others = earlier.filter(review => review.product_id !== productId)
      const assessment = assess({
        textScore: score,
        signals: {
          account_age_hours: accountAgeHours(person, now),
          product_first_reviews_today: firsts,
          near_duplicate,
          links: linksIn(text),
          verified_purchase: purchase !== null,
          ...habits(others, rating, now),
        },
      })
      return {
        text,
        waits: assessment.waits,
        spam: { score: assessment.score, text_score: score, signals: assessment.signals },
        sketch,
        bands,
      }
    },

    /** An administrator's decision teaches every instance, once, because it is stored in the transaction of the decision. */
    async learn(session: ClientSession, text: string, isSpam: boolean): Promise<void> {
      if (text === '') return
      const row = await models.findOne({ _id: 'spam' }, { session })
      const { version, model } = row ? stored(row) : { version: 0, model: initialModel() }
      const learned = { version: version + 1, model: new Binary(serialize(learn(model, text, isSpam))) }
      await models.replaceOne({ _id: 'spam' }, learned, { upsert: true, session })
    },
  }
}
export type SpamFilter = ReturnType<typeof spamFilter>
