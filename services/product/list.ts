import { type Filter as MongoFilter, ObjectId } from 'mongodb'
import type { Mongo } from '#shared/mongo'
import { countLimit, cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { ProductId, t } from '#shared/schema'
import { second } from '#shared/time'
import { maxReadMs, type ProductRow, productsOf } from './database'

export interface ListQuery extends PageQuery {
  category?: string
  min_price?: number
  max_price?: number
  in_stock?: 'true' | 'false'
  tag?: string
  archived?: boolean
  sort?: keyof typeof orders
}

/** The id breaks ties in the same direction, so one index serves both directions. */
const orders = {
  price: { key: 'shown_price', direction: 1, keyType: t.Number() },
  '-price': { key: 'shown_price', direction: -1, keyType: t.Number() },
  name: { key: 'name_key', direction: 1, keyType: t.String() },
  '-created_at': { key: 'created_at', direction: -1, keyType: t.Integer({ minimum: 0, maximum: 8.64e15 }) },
} as const

type Where = MongoFilter<ProductRow>
interface Step {
  filter: Where
  sort: Record<string, 1 | -1>
}

interface Narrowing {
  filter: Where
  hint: string
}

/** All archived products are on one shelf, so `in_stock` filters by `stock`. */
const shelfOf = ({ archived = false, in_stock }: ListQuery): Where[] => {
  if (!archived)
    return [{ shelf: in_stock === 'true' ? 'in_stock' : in_stock === 'false' ? 'sold_out' : { $in: ['in_stock', 'sold_out'] } }]
  const stock = in_stock === 'true' ? { $gt: 0 } : { $lte: 0 }
  return [{ shelf: 'archived' }, ...(in_stock === undefined ? [] : [{ stock }])]
}

/** The queries of a list. Each list has an index that filters and sorts it; the hint keeps the planner from choosing another. */
export const listPlan = (query: ListQuery, category?: ObjectId) => {
  const { tag, min_price, max_price, cursor, sort: order = '-created_at' } = query
  const { key, direction, keyType } = orders[order]
  const where: Where[] = [
    ...shelfOf(query),
    ...(category ? [{ category_ids: category }] : []),
    ...(tag === undefined ? [] : [{ tags: tag }]),
    ...(min_price === undefined ? [] : [{ shown_price: { $gte: min_price } }]),
    ...(max_price === undefined ? [] : [{ shown_price: { $lte: max_price } }]),
  ]
  const steps: Step[] = []
  const sort = { [key]: direction, _id: direction }
  if (cursor === undefined) steps.push({ filter: { $and: where }, sort })
  else {
    const [, last, lastId] = decodeCursor(cursor, t.Tuple([t.Literal(order), keyType, ProductId]))
    const value = key === 'created_at' ? new Date(last) : last
    const past = direction === 1 ? '$gt' : '$lt'
    steps.push(
      { filter: { $and: [...where, { [key]: value, _id: { [past]: new ObjectId(lastId) } }] }, sort: { _id: direction } },
      { filter: { $and: [...where, { [key]: { [past]: value } }] }, sort },
    )
  }
  // What each index alone could narrow the list down to. The list's own index narrows by the first of them.
  const prices = where.filter(condition => 'shown_price' in condition)
  const shelf = where.slice(0, 1)
  const scope = category ? 'within' : tag === undefined ? 'all' : 'tag'
  const scoped = [...shelf, ...(category ? [{ category_ids: category }] : tag === undefined ? [] : [{ tags: tag }])]
  const narrow: Narrowing[] = [
    ...(prices.length > 0 && key !== 'shown_price' ? [{ filter: { $and: [...scoped, ...prices] }, hint: `${scope}_shown_price` }] : []),
    ...(category && tag !== undefined ? [{ filter: { $and: [...shelf, { tags: tag }] }, hint: `tag_${key}` }] : []),
  ]
  return {
    filter: { $and: where },
    /** Conditions that the list's own index does not narrow down by, and the indexes that do. */
    narrow,
    /** Run until the page is full: after a cursor first its ties, then what follows. One filter for both would read all ties again. */
    steps,
    hint: `${scope}_${key}`,
    skip: cursor === undefined ? query.skip : 0,
    limit: query.limit,
    keysOf: (row: ProductRow) => {
      const value = row[key]
      return [order, value instanceof Date ? value.getTime() : value, row._id.toHexString()]
    },
  }
}
type ListPlan = ReturnType<typeof listPlan>

const totalMaxAgeMs = second
const cachedFrom = 1000
const mostCached = 500

export const findStep = (mongo: Mongo, { filter, sort }: Step, { hint, skip, limit }: ListPlan, found = 0) =>
  productsOf(mongo).find(filter, { sort, hint, skip, limit: limit - found, projection: hiddenFields, maxTimeMS: maxReadMs })

const findPage = async (mongo: Mongo, plan: ListPlan): Promise<ProductRow[]> => {
  const rows: ProductRow[] = []
  for (const step of plan.steps) if (rows.length < plan.limit) rows.push(...(await findStep(mongo, step, plan, rows.length).toArray()))
  return rows
}

/** Fields that only the queries use. */
export const hiddenFields = { category_id: 0, category_version: 0, skus: 0, sku_keys: 0, shelf: 0 } as const

const mostSorted = 1000

/**
 * A filter that the list's own index lacks would make it read all products of the list to find a few. If another index narrows them down to
 * so few that sorting them costs nothing, that one is used; otherwise matching products are frequent, and a page of them is found soon.
 */
export const narrowPlan = async (mongo: Mongo, plan: ListPlan): Promise<ListPlan> => {
  for (const { filter, hint } of plan.narrow) {
    const found = await productsOf(mongo).countDocuments(filter, { limit: mostSorted + 1, hint, maxTimeMS: maxReadMs })
    if (found <= mostSorted) return { ...plan, hint }
  }
  return plan
}

export const productLists = (mongo: Mongo) => {
  const cached = new Map<string, { total: number; until: number }>()

  /** Small totals are counted every time. Large ones cost more than the page itself, so they may be a second old. */
  const totalOf = async ({ filter, hint }: ListPlan): Promise<number> => {
    const key = JSON.stringify(filter)
    const known = cached.get(key)
    if (known && known.until > Date.now()) return known.total
    const total = await productsOf(mongo).countDocuments(filter, { limit: countLimit, hint, maxTimeMS: maxReadMs })
    if (cached.size >= mostCached) cached.clear()
    if (total >= cachedFrom) cached.set(key, { total, until: Date.now() + totalMaxAgeMs })
    return total
  }

  return {
    async page(wanted: ListPlan): Promise<Page<ProductRow>> {
      const plan = await narrowPlan(mongo, wanted)
      const [items, total] = await Promise.all([findPage(mongo, plan), totalOf(plan)])
      return { items, total, nextCursor: cursorAfter(items, plan.limit, plan.keysOf) }
    },
  }
}
