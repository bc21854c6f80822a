import type { Mongo } from '#shared/mongo'
import type { RatingClients } from './clients'
import { recordDelivery } from './deliveries'
import { summaryDrift } from './drift'
import { reviewLists } from './list'
import { moderation } from './moderation'
import { peopleRepository } from './people'
import { ratingPersonalData } from './personal-data'
import { reactions } from './reactions'
import { reviewRepository } from './repository'
import { spamFilter } from './spam-filter'
import { summaryRepository } from './summaries'
import { writeReview } from './write-review'

interface Ports {
  mongo: Mongo
  clients: RatingClients
  /** How far apart groups of events begin. */
  groupIntervalMs?: number
}

export const compose = ({ mongo, clients, groupIntervalMs }: Ports) => {
  const people = peopleRepository(mongo)
  const summaries = summaryRepository(mongo)
  const reviews = reviewRepository({ mongo, people, summaries })
  const filter = spamFilter(mongo)
  return {
    people,
    summaries,
    lists: reviewLists(mongo),
    writing: writeReview({ mongo, reviews, filter, clients }),
    reactions: reactions({ mongo, reviews, filter }),
    moderation: moderation({ mongo, reviews, filter }),
    recordDelivery: recordDelivery({ mongo, people, groupIntervalMs }),
    personalData: ratingPersonalData({ mongo, people, reviews }),
    drift: summaryDrift(mongo),
  }
}
export type RatingService = ReturnType<typeof compose>
