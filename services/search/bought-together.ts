import type { Redis } from '#shared/redis'
import { second } from '#shared/time'
import { type Companions, type Source, weightAt } from './domain-recommend'
import { type Bounds, recommendScripts } from './recommend-scripts'
import { historyKeys } from './shopper-history'

/** Larger orders are those of dealers, and say less of what goes together. */
const mostInAnOrder = 40
/** As many records share a hash as Redis packs into one. */
const recordsInAHash = 100

const isId = (text: string) => /^[0-9a-f]{24}$/.test(text)

export interface PaidOrder {
  order_id: number
  user_id: number
  product_ids: readonly string[]
  paidAt: Date
}

/** What is bought together: a sorted set of companions for each product, and how often each was bought. */
export const boughtTogether = (redis: Redis, bounds: Partial<Bounds> = {}) => {
  const { client } = redis
  const countOrder = redis.script<number>(recommendScripts(bounds).countOrder)
  const { purchases, erased } = historyKeys(redis)
  const all = redis.key('all-orders')
  const bought = redis.key('bought')
  const companionsOf = (id: string) => redis.key('with', id)

  const run = async (
    verb: 'count' | 'take',
    { order_id, user_id }: { order_id: number; user_id: number },
    ...more: (string | number)[]
  ) => {
    const records = redis.key('orders', Math.floor(order_id / recordsInAHash))
    const keys = [records, all, bought, redis.key('recency'), redis.key('pairs'), purchases(user_id), erased(user_id)]
    return (await countOrder(keys, [verb, companionsOf(''), order_id, ...more])) === 1
  }

  const pairs = {
    /** Counts an order that was paid, once however often it is called, unless the order is over already. */
    count: ({ order_id, user_id, product_ids, paidAt }: PaidOrder) => {
      const distinct = [...new Set(product_ids)].filter(isId).sort().slice(0, mostInAnOrder)
      return run('count', { order_id, user_id }, Math.floor(paidAt.getTime() / second), ...distinct)
    },

    /** Takes back what was counted for an order, and counts it no more. */
    takeBack: (order: { order_id: number; user_id: number }) => run('take', order),

    /** What was bought with each of the sources; of more sources, fewer companions each. */
    async companions(sources: readonly Source[], now: number): Promise<{ orders: number; companions: Companions[] }> {
      const most = Math.max(20, Math.min(200, Math.floor(1000 / Math.max(1, sources.length))))
      const lists = await Promise.all(sources.map(({ id }) => client.zrevrange(companionsOf(id), 0, most - 1, 'WITHSCORES')))
      const ids = [...new Set([...sources.map(({ id }) => id), ...lists.flatMap(list => list.filter((_, at) => at % 2 === 0))])]
      const [counts, orders] = await Promise.all([pairs.timesBought(ids, now), client.get(all)])
      const today = weightAt(now)
      const companions = sources.map((source, at) => {
        const list = lists[at] ?? []
        const others = Array.from({ length: list.length / 2 }, (_, n) => {
          const id = list[2 * n] ?? ''
          return { id, together: Number(list[2 * n + 1]) / today, bought: counts.get(id) ?? 0 }
        })
        return { source, bought: counts.get(source.id) ?? 0, with: others }
      })
      return { orders: Number(orders ?? 0) / today, companions }
    },

    /** How often the products are bought that are bought most these days, most bought first. */
    async mostBought(most: number, now: number): Promise<Map<string, number>> {
      const list = await client.zrevrange(bought, 0, most - 1, 'WITHSCORES')
      return new Map(Array.from({ length: list.length / 2 }, (_, n) => [list[2 * n] ?? '', Number(list[2 * n + 1]) / weightAt(now)]))
    },

    /** 0 for a product that is not known. */
    async timesBought(ids: readonly string[], now: number): Promise<Map<string, number>> {
      const scores = ids.length > 0 ? await client.zmscore(bought, ...ids) : []
      return new Map(ids.map((id, at) => [id, Number(scores[at] ?? 0) / weightAt(now)]))
    },
  }
  return pairs
}
export type BoughtTogether = ReturnType<typeof boughtTogether>
