import type { Redis as Client } from 'ioredis'
import type { Logger } from 'pino'

export type Entry = Record<string, string>

export interface FanoutOptions {
  /** `id` is that of the stream, and grows from entry to entry. */
  onEntry: (entry: Entry, at: Date, id: string) => unknown
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** How far back to read at the start; 0 reads new entries only. */
  backMs?: number
  /** The id of the last entry that is known already: reading begins with the next one that the stream still has. */
  after?: string | undefined
  maxLength?: number
}

export interface Fanout {
  append(entry: Entry): Promise<void>
  /** Resolves when the entries that were in the stream at the start have been read. */
  ready: Promise<void>
  close(): Promise<void>
}

const blockMs = 5000
const batch = 500

/**
 * A capped stream that every instance follows from its own position: after a short outage it continues where it stopped. An entry may come
 * twice (after Redis lost its data), and an instance that was down for longer than entries are kept misses some.
 */
export const startFanout = ({ client }: { client: Client }, stream: string, options: FanoutOptions): Fanout => {
  const { onEntry, log, backMs = 0, after, maxLength = 10_000 } = options
  // A connection of its own, since reads block. The timeout is for a server that hangs.
  const reader = client.duplicate({ enableAutoPipelining: false, commandTimeout: blockMs + 5000 })
  reader.on('error', () => {})
  const { promise: ready, resolve: caughtUp } = Promise.withResolvers<void>()
  let last = after
  let closed = false

  const startingPoint = async () => {
    if (backMs === 0) return (await newest(reader, stream)) ?? '0-0'
    const [seconds] = await reader.time()
    return `${Math.max(0, Number(seconds) * 1000 - backMs)}-0`
  }

  const handle = async (id: string, fields: string[]) => {
    const entry: Entry = {}
    for (let i = 0; i < fields.length; i += 2) entry[fields[i] ?? ''] = fields[i + 1] ?? ''
    try {
      await onEntry(entry, new Date(Number(id.split('-')[0])), id)
    } catch (error) {
      log.error({ err: error, stream, entry_id: id }, 'an entry of the stream could not be handled')
    }
  }

  const read = async () => {
    last ??= await startingPoint()
    // The first reads do not block, so that their end shows when the past has been read.
    const answer = catchingUp
      ? await reader.xread('COUNT', batch, 'STREAMS', stream, last)
      : await reader.xread('COUNT', batch, 'BLOCK', blockMs, 'STREAMS', stream, last)
    const entries = answer?.[0]?.[1] ?? []
    for (const [id, fields] of entries) {
      if (closed) return
      await handle(id, fields)
      last = id
    }
    if (entries.length > 0) return
    catchingUp = false
    caughtUp()
    const top = await newest(reader, stream)
    if (top && isBefore(top, last)) {
      log.warn({ stream }, 'the stream was created anew: reading it from its start')
      last = '0-0'
    }
  }
  let catchingUp = true

  const follow = async () => {
    let failing = false
    while (!closed) {
      try {
        await read()
        failing = false
      } catch (error) {
        if (closed) break
        if (!failing) log.warn({ err: error, stream }, 'the stream cannot be read: trying again')
        failing = true
        await Bun.sleep(100)
      }
    }
    caughtUp()
  }
  const ended = follow()

  return {
    ready,
    async append(entry) {
      await client.xadd(stream, 'MAXLEN', '~', maxLength, '*', ...Object.entries(entry).flat())
    },
    async close() {
      closed = true
      reader.disconnect()
      await ended
    },
  }
}

const newest = async (client: Client, stream: string) => (await client.xrevrange(stream, '+', '-', 'COUNT', 1))[0]?.[0]

const isBefore = (a: string, b: string) => {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number)
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number)
  return aMs < bMs || (aMs === bMs && aSeq < bSeq)
}
