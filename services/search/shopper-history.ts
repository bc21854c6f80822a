import { createHash } from 'node:crypto'
import type { Redis } from '#shared/redis'
import { day, second } from '#shared/time'
import { type Interest, interestsOfAKind } from './domain-recommend'
import { type Bounds, recommendScripts } from './recommend-scripts'

export type Viewer = { user: number } | { guest: string }

const seconds = { user: (90 * day) / second, guest: (7 * day) / second, erased: (400 * day) / second }

export const historyKeys = (redis: Redis) => ({
  purchases: (userId: number) => redis.key('purchases', userId),
  erased: (userId: number) => redis.key('erased', userId),
})

/** What a shopper bought and looked at, as far as recommendations need it. */
export const shopperHistory = (redis: Redis, bounds: Partial<Bounds> = {}) => {
  const { client } = redis
  const scripts = recommendScripts(bounds)
  const recordView = redis.script<number>(scripts.recordView)
  const takeViews = redis.script<number>(scripts.takeViews)
  const { purchases, erased } = historyKeys(redis)
  const viewsOfUser = (userId: number) => redis.key('views', userId)
  const viewsOfGuest = (hash: string) => redis.key('guest-views', hash)
  const guests = redis.key('guests')
  /** Who reads Redis learns no id to look with. */
  const hashOf = (guest: string) => createHash('sha256').update(guest).digest('base64url')

  const read = async (key: string): Promise<{ id: string; at: number }[]> => {
    const list = await client.zrevrange(key, 0, -1, 'WITHSCORES')
    return Array.from({ length: list.length / 2 }, (_, n) => ({ id: list[2 * n] ?? '', at: Number(list[2 * n + 1]) }))
  }
  const ordered = async (userId: number) =>
    (await read(purchases(userId))).map(({ id, at }) => {
      const [order = '', product = ''] = id.split(' ')
      return { order_id: Number(order), product_id: product, at: at * second }
    })

  return {
    async recordView(viewer: Viewer, productId: string, at: Date): Promise<void> {
      const isUser = 'user' in viewer
      const guest = isUser ? '' : hashOf(viewer.guest)
      const keys = [isUser ? viewsOfUser(viewer.user) : viewsOfGuest(guest), guests, erased(isUser ? viewer.user : 0)]
      await recordView(keys, [productId, at.getTime(), guest, viewsOfGuest(''), isUser ? seconds.user : seconds.guest])
    },

    /** What the guest looked at becomes the user's own. */
    async takeViews(userId: number, guest: string): Promise<void> {
      const hash = hashOf(guest)
      await takeViews([viewsOfUser(userId), viewsOfGuest(hash), guests, erased(userId)], [hash, seconds.user])
    },

    /** The products that they ordered and looked at last. */
    async interests(userId: number): Promise<Interest[]> {
      const [orders, views] = await Promise.all([ordered(userId), read(viewsOfUser(userId))])
      const bought = new Map<string, Interest>()
      for (const { product_id: id, at } of orders) if (!bought.has(id)) bought.set(id, { id, kind: 'ordered', at })
      const viewed = views.map(({ id, at }): Interest => ({ id, kind: 'viewed', at }))
      return [...[...bought.values()].slice(0, interestsOfAKind), ...viewed.slice(0, interestsOfAKind)]
    },

    async exportOf(userId: number) {
      const [orders, views] = await Promise.all([ordered(userId), read(viewsOfUser(userId))])
      return {
        purchases: orders.map(({ order_id, product_id, at }) => ({ order_id, product_id, paid_at: new Date(at).toISOString() })),
        views: views.map(({ id, at }) => ({ product_id: id, viewed_at: new Date(at).toISOString() })),
      }
    },

    /** Late events of an erased user write nothing. */
    async forget(userId: number): Promise<void> {
      await client.multi().set(erased(userId), '1', 'EX', seconds.erased).del(purchases(userId), viewsOfUser(userId)).exec()
    },
  }
}
export type ShopperHistory = ReturnType<typeof shopperHistory>
