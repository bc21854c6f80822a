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
/** How long chunks stay that no head names: of the snapshot before, for instances that are reading it, and of one whose writer was killed. */
const graceSeconds = (10 * minute) / second

// A writer that was overtaken leaves the newer head alone, as does one so slow that its chunks have expired.
// KEYS: the head, the chunks of the new one, those of the one before. ARGV: generation, new head, how many chunks it has, seconds of grace.
const replaceHead = `
local before = redis.call('GET', KEYS[1])
local readable, known = pcall(cjson.decode, before or '')
if readable and type(known) == 'table' and (tonumber(known.generation) or 0) >= tonumber(ARGV[1]) then return 0 end
local last = 1 + ARGV[3]
if redis.call('EXISTS', unpack(KEYS, 2, last)) < last - 1 then return 0 end
for at = 2, last do redis.call('PERSIST', KEYS[at]) end
redis.call('SET', KEYS[1], ARGV[2])
for at = last + 1, #KEYS do redis.call('EXPIRE', KEYS[at], ARGV[4]) end
return 1`

const readHead = (text: string) => {
  try {
    return Value.Decode(Head, JSON.parse(text))
  } catch {
    return undefined
  }
}
const unpack = async (packed: Buffer): Promise<Segment | undefined> => {
  const raw = await Bun.zstdDecompress(packed)
  const buffer = new ArrayBuffer(raw.byteLength)
  new Uint8Array(buffer).set(raw)
  return openSegment(buffer)
}

/** The index as a whole, compressed, so that a new instance need not cut every product into words again. */
export const indexSnapshots = (redis: Redis) => {
  const { client } = redis
  const headKey = redis.key('snapshot')
  const chunkKey = (generation: number, at: number) => redis.key('snapshot', generation, at)
  const setHead = redis.script<number>(replaceHead)

  const head = async () => {
    const text = await client.get(headKey)
    return text === null ? undefined : readHead(text)
  }
  const keysOf = ({ generation, chunks }: { generation: number; chunks: number }) =>
    Array.from({ length: chunks }, (_, at) => chunkKey(generation, at))

  return {
    head,
    /** A number for a snapshot that is about to be made. Of two, the one begun later counts. */
    nextGeneration: () => client.incr(redis.key('generation')),

    async write(generation: number, buffer: ArrayBuffer, position: Position): Promise<boolean> {
      const packed = Buffer.from(await Bun.zstdCompress(new Uint8Array(buffer), { level: 1 }))
      const chunks = Math.ceil(packed.length / chunkBytes)
      for (let at = 0; at < chunks; at++)
        await client.set(chunkKey(generation, at), packed.subarray(at * chunkBytes, (at + 1) * chunkBytes), 'EX', graceSeconds)
      const before = await head()
      const next = { generation, form, chunks, bytes: packed.length, position, written_at: Date.now() }
      const keys = [headKey, ...keysOf(next), ...(before ? keysOf(before) : [])]
      return (await setHead(keys, [generation, JSON.stringify(next), chunks, graceSeconds])) === 1
    },

    /** Undefined if there is none, or none that this release can read: a damaged one must not keep an instance from starting. */
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
      const segment = await unpack(packed).catch(() => undefined)
      return segment && { segment, generation: found.generation, position: found.position }
    },
  }
}
export type IndexSnapshots = ReturnType<typeof indexSnapshots>
