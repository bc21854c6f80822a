import { Value } from '@sinclair/typebox/value'
import type { Redis } from '#shared/redis'
import { t } from '#shared/schema'
import { minute, second } from '#shared/time'
import { form, openSegment, type Segment } from './domain-segment'
import type { Position } from './repository'

const Head = t.Object({
  generation: t.Integer(),
  form: t.Integer(),
  chunks: t.Integer(),
  bytes: t.Integer(),
  /** The last change that it includes. */
  position: t.Object({ n: t.Integer(), id: t.String() }),
  written_at: t.Integer(),
})

export interface Snapshot {
  segment: Segment
  generation: number
  position: Position
}

const chunkBytes = 1024 * 1024
/** How long the chunks of the snapshot before stay for instances that are reading it. */
const graceSeconds = (10 * minute) / second

// A writer that was overtaken leaves the newer head alone.
const replaceHead = `
local before = redis.call('GET', KEYS[1])
if before and cjson.decode(before).generation >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`

/** The index as a whole, compressed, so that a new instance need not cut every product into words again. */
export const indexSnapshots = (redis: Redis) => {
  const { client } = redis
  const headKey = redis.key('snapshot')
  const chunkKey = (generation: number, at: number) => redis.key('snapshot', generation, at)
  const setHead = redis.script<number>(replaceHead)

  const head = async () => {
    const text = await client.get(headKey)
    return text ? Value.Decode(Head, JSON.parse(text)) : undefined
  }
  const drop = async ({ generation, chunks }: { generation: number; chunks: number }) => {
    for (let at = 0; at < chunks; at++) await client.expire(chunkKey(generation, at), graceSeconds)
  }

  return {
    head,
    /** A number for a snapshot that is about to be made. Of two, the one begun later counts. */
    nextGeneration: () => client.incr(redis.key('generation')),

    async write(generation: number, buffer: ArrayBuffer, position: Position): Promise<boolean> {
      const packed = Buffer.from(await Bun.zstdCompress(new Uint8Array(buffer), { level: 1 }))
      const chunks = Math.ceil(packed.length / chunkBytes)
      for (let at = 0; at < chunks; at++)
        await client.set(chunkKey(generation, at), packed.subarray(at * chunkBytes, (at + 1) * chunkBytes))
      const before = await head()
      const next = { generation, form, chunks, bytes: packed.length, position, written_at: Date.now() }
      const isNewest = (await setHead([headKey], [generation, JSON.stringify(next)])) === 1
      if (!isNewest) await drop(next)
      else if (before) await drop(before)
      return isNewest
    },

    /** Undefined if there is none, or none that this release can read. */
    async read(): Promise<Snapshot | undefined> {
      const found = await head()
      if (found?.form !== form) return undefined
      const chunks: Buffer[] = []
      for (let at = 0; at < found.chunks; at++) {
        const chunk = await client.getBuffer(chunkKey(found.generation, at))
        if (!chunk) return undefined
        chunks.push(chunk)
      }
      const packed = Buffer.concat(chunks)
      if (packed.length !== found.bytes) return undefined
      const raw = await Bun.zstdDecompress(packed)
      const buffer = new ArrayBuffer(raw.byteLength)
      new Uint8Array(buffer).set(raw)
      const segment = openSegment(buffer)
      return segment && { segment, generation: found.generation, position: found.position }
    },
  }
}
export type IndexSnapshots = ReturnType<typeof indexSnapshots>
