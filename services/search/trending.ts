import { createHmac } from 'node:crypto'
import type { Redis } from '#shared/redis'
import { day, second } from '#shared/time'
import { isKept, keptForm } from './domain-query'
import noteScript from './note-query.lua' with { type: 'text' }

const days = 7
/** How many different queries of a day are counted: strangers could fill Redis with queries that nobody else asks. */
const mostQueries = 50_000
const freshMs = 10 * second

interface Ports {
  redis: Redis
  /** What people and their queries are hashed with, so that nobody reads them out of Redis by trying. */
  secret: string
  clock?: () => number
}

/**
 * What people search for, from what they really asked. A query may name a person, so it is written down only once three different people
 * have asked it on the same day; until then there is a keyed hash of it, and of each who asked, for that day. People are told apart by the
 * networks of their clients.
 */
export const trending = ({ redis, secret, clock = Date.now }: Ports) => {
  const note = redis.script<number>(noteScript)
  const hash = (text: string, length: number) => createHmac('sha256', secret).update(text).digest('hex').slice(0, length)
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
  const trendKey = (date: string) => redis.key('trending', date)
  let known: { at: number; items: { query: string; people: number }[] } | undefined

  return {
    async note(keyword: string, network: string): Promise<void> {
      const query = keptForm(keyword)
      if (!isKept(query)) return
      const date = dayOf(clock())
      const queryHash = hash(`query ${date} ${query}`, 20)
      const keys = [redis.key('asked', date), trendKey(date), redis.key('people', date, queryHash)]
      await note(keys, [queryHash, hash(`person ${date} ${network}`, 8), query, ((days + 1) * day) / second, mostQueries])
    },
    async list(limit: number): Promise<{ query: string; people: number }[]> {
      if (!known || clock() - known.at > freshMs) {
        const keys = Array.from({ length: days }, (_, before) => trendKey(dayOf(clock() - before * day)))
        const ranked = await redis.client.zunion(keys.length, ...keys, 'WITHSCORES')
        const items = ranked.flatMap((query, at) => (at % 2 === 0 ? [{ query, people: Number(ranked[at + 1]) }] : []))
        known = { at: clock(), items: items.sort((a, b) => b.people - a.people || (a.query < b.query ? -1 : 1)).slice(0, 100) }
      }
      return known.items.slice(0, limit)
    },
  }
}
export type Trending = ReturnType<typeof trending>
