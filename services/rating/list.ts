import { type Filter, ObjectId } from 'mongodb'
import type { Mongo } from '#shared/mongo'
import { countLimit, cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import { maxReadMs, type ReviewRow, repliesWait, reviewsIn } from './database'
import { listName } from './domain'

export const orders = ['helpful', 'newest', 'highest', 'lowest'] as const
export interface ListQuery extends PageQuery {
  sort?: (typeof orders)[number]
  stars?: number
  verified?: 'true' | 'false'
}

export interface OwnQuery extends PageQuery {
  product_id?: string
}

type Sort = Record<string, 1 | -1>
type Key = string | number
const idOf = ({ _id }: ReviewRow) => _id.toHexString()
const created = ({ created_at }: ReviewRow) => created_at.getTime()

const ReviewId = t.String({ pattern: '^[0-9a-f]{24}$' })
const Milliseconds = t.Integer({ minimum: 0, maximum: 8.64e15 })
const Rank = t.Integer({ minimum: -1e15, maximum: 1e15 })

/** How lists are sorted, and the cursors of each: the name of the order and the values of the sort's keys. Times are numbers there. */
const sorts = {
  helpful: {
    sort: { helpful_rank: -1, _id: -1 },
    cursor: t.Tuple([t.Literal('helpful'), Rank, ReviewId]),
    valuesOf: (row: ReviewRow): Key[] => [row.helpful_rank, idOf(row)],
  },
  newest: {
    sort: { created_at: -1, _id: -1 },
    cursor: t.Tuple([t.Literal('newest'), Milliseconds, ReviewId]),
    valuesOf: (row: ReviewRow): Key[] => [created(row), idOf(row)],
  },
  highest: {
    sort: { rating: -1, created_at: -1, _id: -1 },
    cursor: t.Tuple([t.Literal('highest'), Rank, Milliseconds, ReviewId]),
    valuesOf: (row: ReviewRow): Key[] => [row.rating, created(row), idOf(row)],
  },
  lowest: {
    sort: { rating: 1, created_at: -1, _id: -1 },
    cursor: t.Tuple([t.Literal('lowest'), Rank, Milliseconds, ReviewId]),
    valuesOf: (row: ReviewRow): Key[] => [row.rating, created(row), idOf(row)],
  },
  waiting: {
    sort: { waiting_since: 1, _id: 1 },
    cursor: t.Tuple([t.Literal('waiting'), Milliseconds, ReviewId]),
    valuesOf: (row: ReviewRow): Key[] => [(row.waiting_since ?? row.created_at).getTime(), idOf(row)],
  },
  waiting_replies: {
    sort: { replies_waiting_since: 1, _id: 1 },
    cursor: t.Tuple([t.Literal('waiting_replies'), Milliseconds, ReviewId]),
    valuesOf: (row: ReviewRow): Key[] => [(row.replies_waiting_since ?? row.created_at).getTime(), idOf(row)],
  },
} as const

type Where = Filter<ReviewRow>
interface Step {
  filter: Where
  sort: Sort
}

const times = ['created_at', 'waiting_since', 'replies_waiting_since']
const stored = (key: string, value: Key) => (key === '_id' ? new ObjectId(String(value)) : times.includes(key) ? new Date(value) : value)

/** What follows the row with these values: the rows that are equal in all keys but the last, then in all but the last two, and so on. */
const stepsAfter = (filter: Where, sort: Sort, values: readonly Key[]): Step[] => {
  const keys = Object.entries(sort)
  const step = ([key, direction]: [string, 1 | -1], at: number): Step => {
    const equal = keys.slice(0, at).map(([name], n): Where => ({ [name]: stored(name, values[n]!) }))
    const past: Where = { [key]: { [direction === 1 ? '$gt' : '$lt']: stored(key, values[at]!) } }
    return { filter: { $and: [filter, ...equal, past] }, sort: Object.fromEntries(keys.slice(at)) }
  }
  return keys.map(step).toReversed()
}

/** The queries of a page: after a cursor first its ties, then what follows, since one filter for both would read all ties again. */
const planOf = (order: keyof typeof sorts, filter: Where, hint: string, { skip, limit, cursor }: PageQuery) => {
  const { sort, cursor: shape, valuesOf } = sorts[order]
  const keysOf = (row: ReviewRow) => [order, ...valuesOf(row)]
  if (cursor === undefined) return { filter, steps: [{ filter, sort }], hint, skip, limit, keysOf }
  const [, ...values] = decodeCursor(cursor, shape)
  return { filter, steps: stepsAfter(filter, sort, values), hint, skip: 0, limit, keysOf }
}
type Plan = ReturnType<typeof planOf>

/** The published reviews of a product. Every combination of filters is one value of `lists`, so that four indexes serve all lists. */
export const listPlan = (productId: string, { sort = 'helpful', stars, verified, ...page }: ListQuery): Plan => {
  const list = listName({ ...(stars !== undefined && { stars }), ...(verified !== undefined && { verified: verified === 'true' }) })
  return planOf(sort, { product_id: productId, lists: list }, sort, page)
}
/** The reviews of one author, whatever their status. An author has at most one review of a product, so with `product_id` nothing has to be sorted. */
export const ownPlan = (userId: number, { product_id, ...page }: OwnQuery): Plan =>
  product_id === undefined
    ? planOf('newest', { user_id: userId }, 'user_newest', page)
    : planOf('newest', { user_id: userId, product_id }, 'user_product', page)
/** What waits for an administrator, the longest first. There is no filter by stars: nobody shall look at the bad ones first. */
export const waitingPlan = (page: PageQuery): Plan => planOf('waiting', { status: 'waiting' }, 'waiting', page)
/** The reviews with replies that wait. */
export const waitingRepliesPlan = (page: PageQuery): Plan => planOf('waiting_replies', { ...repliesWait }, 'waiting_replies', page)

/** Fields that only queries and administrators use. */
const hidden = { lists: 0, bands: 0, sketch: 0, first: 0 } as const

export const findStep = (mongo: Mongo, { filter, sort }: Step, { hint, skip, limit }: Plan, found = 0) =>
  reviewsIn(mongo).find(filter, { sort, hint, skip, limit: limit - found, projection: hidden, maxTimeMS: maxReadMs })

const pageOf = async (mongo: Mongo, plan: Plan): Promise<Page<ReviewRow>> => {
  const find = async () => {
    const rows: ReviewRow[] = []
    for (const step of plan.steps) if (rows.length < plan.limit) rows.push(...(await findStep(mongo, step, plan, rows.length).toArray()))
    return rows
  }
  const count = reviewsIn(mongo).countDocuments(plan.filter, { limit: countLimit, hint: plan.hint, maxTimeMS: maxReadMs })
  const [items, total] = await Promise.all([find(), count])
  return { items, total, nextCursor: cursorAfter(items, plan.limit, plan.keysOf) }
}

export const reviewLists = (mongo: Mongo) => ({
  ofProduct: (productId: string, query: ListQuery) => pageOf(mongo, listPlan(productId, query)),
  ofAuthor: (userId: number, query: OwnQuery) => pageOf(mongo, ownPlan(userId, query)),
  waiting: (query: PageQuery) => pageOf(mongo, waitingPlan(query)),
  waitingReplies: (query: PageQuery) => pageOf(mongo, waitingRepliesPlan(query)),
})
export type ReviewLists = ReturnType<typeof reviewLists>
