import { Value } from '@sinclair/typebox/value'
import { unavailable } from '#shared/errors'
import { afterId, newestFirst, type Page, type PageQuery } from '#shared/page'
import type { Redis } from '#shared/redis'
import { type Static, Time, t } from '#shared/schema'
import { blank, changeNote, type Sample } from '../mysql/domain'
import replaceScript from './replace.lua' with { type: 'text' }

const Stored = t.Object({ note: t.String(), version: t.Integer(), created_at: Time, updated_at: Time })

const rowOf = (product_id: string, { note, created_at, updated_at }: Static<typeof Stored>): Sample => ({
  product_id,
  note,
  created_at: new Date(created_at),
  updated_at: new Date(updated_at),
})
const read = (text: string) => Value.Decode(Stored, JSON.parse(text))

const attempts = 10

/** A user's notes are one hash, a sorted set keeps their order, and each product has a set of the users that noted it. */
export const sampleRepository = (redis: Redis) => {
  const { client } = redis
  const replace = redis.script<number>(replaceScript)
  const notesOf = (userId: number) => redis.key('notes', userId)
  const orderOf = (userId: number) => redis.key('order', userId)
  const usersOf = (productId: string) => redis.key('users', productId)

  const remove = async (userId: number, productId: string): Promise<boolean> => {
    const results = await client
      .multi()
      .hdel(notesOf(userId), productId)
      .zrem(orderOf(userId), productId)
      .srem(usersOf(productId), userId)
      .exec()
    return results?.[0]?.[1] === 1
  }

  return {
    async list(userId: number, query: PageQuery): Promise<Page<Sample>> {
      const { below, skip } = newestFirst(query)
      const from = below === undefined ? '+inf' : `(${below}`
      const [ranked, total] = await Promise.all([
        client.zrevrangebyscore(orderOf(userId), from, '-inf', 'WITHSCORES', 'LIMIT', skip, query.limit),
        client.zcard(orderOf(userId)),
      ])
      const ids = ranked.filter((_, at) => at % 2 === 0)
      const notes = ids.length > 0 ? await client.hmget(notesOf(userId), ...ids) : []
      const nextCursor = afterId(
        ids.map((_, at) => ({ id: Number(ranked[2 * at + 1]) })),
        query.limit,
      )
      // A note may have been deleted since its id was read.
      return { items: ids.flatMap((id, at) => (notes[at] ? [rowOf(id, read(notes[at]))] : [])), total, nextCursor }
    },

    /** Reads, decides, and writes if nothing has changed meanwhile; otherwise again. */
    async save(userId: number, productId: string, note: string): Promise<Sample> {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const now = new Date().toISOString()
        const text = await client.hget(notesOf(userId), productId)
        const before = text ? read(text) : { ...blank, created_at: now, updated_at: now }
        const noted = changeNote(before, note)
        if (!noted) return rowOf(productId, before)
        const stored = { ...before, ...noted, updated_at: now }
        const keys = [notesOf(userId), orderOf(userId), usersOf(productId), redis.key('places')]
        if ((await replace(keys, [productId, userId, text ?? '', JSON.stringify(stored)])) === 1) return rowOf(productId, stored)
      }
      throw unavailable('database_busy', 'Other requests are changing the same note. Try again shortly.')
    },

    remove,

    async exportOf(userId: number): Promise<Sample[]> {
      const notes = await client.hgetall(notesOf(userId))
      return Object.entries(notes).map(([id, text]) => rowOf(id, read(text)))
    },

    async forgetUser(userId: number): Promise<void> {
      for (const productId of await client.hkeys(notesOf(userId))) await remove(userId, productId)
    },

    async forgetProduct(productId: string): Promise<void> {
      for (const userId of await client.smembers(usersOf(productId))) await remove(Number(userId), productId)
    },
  }
}
export type SampleRepository = ReturnType<typeof sampleRepository>
