import { Value } from '@sinclair/typebox/value'
import type { Redis } from '#shared/redis'
import { t } from '#shared/schema'
import { usualSynonyms } from './domain-synonyms'
import type { ProductRepository } from './repository'

const Stored = t.Array(t.Array(t.String()))

/** The groups of words that mean the same: those that ship with the platform until an administrator sets others. */
export const synonymStore = (redis: Redis, { announce }: Pick<ProductRepository, 'announce'>) => {
  const key = redis.key('synonyms')
  return {
    async read(): Promise<readonly (readonly string[])[]> {
      const text = await redis.client.get(key)
      return text ? Value.Decode(Stored, JSON.parse(text)) : usualSynonyms
    },
    async replace(groups: readonly (readonly string[])[]): Promise<void> {
      await redis.client.set(key, JSON.stringify(groups))
      await announce({ kind: 'synonyms' })
    },
  }
}
export type SynonymStore = ReturnType<typeof synonymStore>
