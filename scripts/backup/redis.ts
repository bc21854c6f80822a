import { Redis } from 'ioredis'
import { serviceNames } from '#shared/platform'
import { compressedLines, writeCompressed } from './files'

/** Keys of the services and common ones. The registry is not among them: live instances list themselves. */
const patterns = [...serviceNames.map(name => `${name}:*`), 'platform:*']
const batch = 500

export const openRedisServer = (url: string) => new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: 5000 })

async function* keysOf(redis: Redis): AsyncGenerator<string[]> {
  for (const match of patterns)
    for await (const keys of redis.scanStream({ match, count: batch }))
      if ((keys as string[]).length > 0) yield [...new Set(keys as string[])]
}

/** Writes every key with its value, as DUMP gives it, and its time to live. Each key is whole; the keys are read one after the other. */
export const dumpKeys = async (redis: Redis, path: string): Promise<number> => {
  const seen = new Set<string>()
  const lines = async function* () {
    for await (const keys of keysOf(redis))
      for (const key of keys) {
        if (seen.has(key)) continue
        const [value, ttl] = await Promise.all([redis.dumpBuffer(key), redis.pttl(key)])
        if (!value) continue
        seen.add(key)
        yield `${JSON.stringify({ key, ttl: Math.max(0, ttl), value: value.toString('base64') })}\n`
      }
  }
  await writeCompressed(path, lines())
  return seen.size
}

/** Replaces the platform's keys by the dump, and returns how many there are. */
export const restoreKeys = async (redis: Redis, path: string): Promise<number> => {
  for await (const keys of keysOf(redis)) await redis.unlink(keys)
  let count = 0
  for await (const line of compressedLines(path)) {
    const { key, ttl, value } = JSON.parse(line)
    await redis.restore(key, ttl, Buffer.from(value, 'base64'), 'REPLACE')
    count++
  }
  return count
}
