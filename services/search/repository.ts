import { checker } from '#shared/checker'
import type { Redis } from '#shared/redis'
import { type Static, t } from '#shared/schema'
import type { Indexed } from './domain'
import putScript from './put-product.lua' with { type: 'text' }
import popularityScript from './set-popularity.lua' with { type: 'text' }
import ratingScript from './set-rating.lua' with { type: 'text' }
import stockScript from './set-stock.lua' with { type: 'text' }

/** What is stored of a product: what the index reads, and what an answer shows. */
export const StoredProduct = t.Object({
  id: t.String(),
  name: t.String(),
  description: t.String(),
  sku: t.String(),
  skus: t.Array(t.String()),
  category: t.String(),
  category_ids: t.Array(t.String()),
  tags: t.Array(t.String()),
  attributes: t.Array(t.String()),
  images: t.Array(t.String()),
  price: t.Number(),
  currency: t.String(),
  created_at: t.Number(),
})
export type StoredProduct = Static<typeof StoredProduct>
const { check } = checker(StoredProduct)

/** The stock of a SKU, by its version at inventory; 0 is the opening balance. */
export type Levels = Record<string, readonly [version: number, available: number]>

export interface Known {
  id: string
  version: number
  /** Absent for a product that was archived. */
  product?: StoredProduct
  sellable: readonly string[]
  levels: Levels
}

/** The stock of a SKU. */
export interface Level {
  product_id: string
  sku: string
  version: number
  available: number
}
/** What the reviews of a product add up to. */
export interface Summary {
  version: number
  average: number
  count: number
}

/** Where in the stream of changes somebody is. Every change has the next number, so that a gap shows. */
export interface Position {
  n: number
  id: string
}
export type Entry = Record<string, string>

/** Far more than instances are ever behind. One that is further behind rebuilds its index from what is stored. */
const streamLength = 10_000
const batch = 500
const start: Position = { n: 0, id: '0-0' }

const fields = ['doc', 'stock', 'rating', 'ratings', 'popularity'] as const

/** Undefined for one that is not there, or that another release wrote in a form that this one cannot read. */
const indexed = ([doc, stock, rating, ratings, popularity]: readonly (string | null)[]): (StoredProduct & Indexed) | undefined => {
  const product: unknown = doc ? JSON.parse(doc) : undefined
  if (!check(product)) return undefined
  return {
    ...product,
    available: Number(stock ?? 0),
    rating: Number(rating ?? 0),
    ratings: Number(ratings ?? 0),
    popularity: Number(popularity ?? 0),
  }
}

/** The products, each a hash. A change and the entry of the stream that tells every instance are one step. */
export const productRepository = (redis: Redis) => {
  const { client } = redis
  const [put, stock, rating, popularity] = [putScript, stockScript, ratingScript, popularityScript].map(lua => redis.script<number>(lua))
  const run = async (script: typeof put, keys: string[], args: (string | number)[]) => (await script?.(keys, args)) === 1
  const productKey = (id: string) => redis.key('doc', id)
  const [all, stream, counter] = [redis.key('products'), redis.key('changes'), redis.key('changed')]

  const read = async (id: string) => indexed(await client.hmget(productKey(id), ...fields))

  return {
    stream,
    /** Takes over what is newer. Quietly, while all are read anew, when instances get a whole index in the end. */
    put: ({ id, version, product, sellable, levels }: Known, { quiet = false } = {}) =>
      run(
        put,
        [productKey(id), all, stream, counter],
        [
          id,
          version,
          product ? JSON.stringify(product) : '',
          JSON.stringify(sellable),
          JSON.stringify(levels),
          quiet ? 'quiet' : '',
          streamLength,
        ],
      ),
    setStock: ({ product_id: id, sku, version, available }: Level) =>
      run(stock, [productKey(id), stream, counter], [id, sku, version, available, streamLength]),
    setRating: (id: string, { version, average, count }: Summary, { quiet = false } = {}) =>
      run(rating, [productKey(id), stream, counter], [id, version, average, count, streamLength, quiet ? 'quiet' : '']),
    setPopularity: (id: string, value: number) => run(popularity, [productKey(id), stream, counter], [id, value, streamLength]),

    /** As if it had never been there: should it come back, in whatever version, it is taken. */
    async forget(id: string): Promise<void> {
      await client.multi().del(productKey(id)).srem(all, id).exec()
    },

    read,
    readMany: async (ids: readonly string[]) => (await Promise.all(ids.map(read))).filter(product => product !== undefined),
    count: () => client.scard(all),
    has: async (id: string) => (await client.sismember(all, id)) === 1,

    /** Every product, some at a time. */
    async *batches(): AsyncGenerator<(StoredProduct & Indexed)[]> {
      for await (const ids of client.sscanStream(all, { count: batch })) {
        const products = await Promise.all((ids as string[]).map(read))
        yield products.filter(product => product !== undefined)
      }
    },

    /** The last change so far. Everything up to it is stored. */
    async position(): Promise<Position> {
      const [changed, newest] = (await client.multi().get(counter).xrevrange(stream, '+', '-', 'COUNT', 1).exec()) ?? []
      const id = (newest?.[1] as [string, string[]][] | undefined)?.[0]?.[0]
      return id === undefined ? start : { n: Number(changed?.[1] ?? 0), id }
    },
    /** The changes after one that is known, up to another. */
    async *changesBetween(after: string, last: string): AsyncGenerator<[id: string, entry: Entry]> {
      let from = after
      for (;;) {
        const entries = await client.xrange(stream, `(${from}`, last, 'COUNT', batch)
        for (const [id, pairs] of entries) {
          const entry: Entry = {}
          for (let at = 0; at < pairs.length; at += 2) entry[pairs[at] ?? ''] = pairs[at + 1] ?? ''
          yield [id, entry]
          from = id
        }
        if (entries.length < batch) return
      }
    },
    /** Tells every instance something that is no product. */
    async announce(entry: Entry): Promise<void> {
      const n = await client.incr(counter)
      await client.xadd(stream, 'MAXLEN', '~', streamLength, '*', 'n', n, ...Object.entries(entry).flat())
    },
  }
}
export type ProductRepository = ReturnType<typeof productRepository>
