import { errorOf, jsonOf, ShopError } from './error.ts'
import { answerTo, brokenBy, wait } from './fetch.ts'
import { type Frame, frameReader } from './frames.ts'
import type { Shop } from './shop.ts'

export interface ShopEvent<Data = unknown> {
  /** Give the last one as `lastEventId` to continue after it. */
  id: string | undefined
  event: string
  /** Parsed, if it is JSON. */
  data: Data
}
export interface Subscription<Data = unknown> {
  onEvent: (event: ShopEvent<Data>) => void | Promise<void>
  /** The events after this one come first. */
  lastEventId?: string | undefined
  /** Ends the subscription. */
  signal?: AbortSignal | undefined
  /** Tells a page whether it is live at the moment. */
  onLive?: ((live: boolean) => void) | undefined
  /** A connection that is silent for longer is dead, whatever the network believes: the shop sends something every 15 seconds. */
  longestSilenceMs?: number | undefined
}

const longestPauseMs = 30_000

/** Ends with the stream, or with an error when it breaks or falls silent. */
const readChunks = async (
  body: ReadableStream<Uint8Array>,
  onChunk: (chunk: Uint8Array) => Promise<void>,
  { signal, longestSilenceMs = 45_000 }: Pick<Subscription, 'signal' | 'longestSilenceMs'>,
) => {
  const reader = body.getReader()
  const stop = () => void reader.cancel().catch(() => {})
  signal?.addEventListener('abort', stop, { once: true })
  let silence: ReturnType<typeof setTimeout> | undefined
  try {
    for (;;) {
      silence = setTimeout(stop, longestSilenceMs)
      const { value, done } = await reader.read().catch((cause: unknown) => {
        throw brokenBy(cause, signal)
      })
      clearTimeout(silence)
      if (done) return
      await onChunk(value)
    }
  } finally {
    clearTimeout(silence)
    signal?.removeEventListener('abort', stop)
    stop()
  }
}

/** Whether it is worth connecting again. */
const isPassing = (error: unknown) =>
  error instanceof ShopError && (error.code === 'network' || error.status === 429 || error.status >= 500)

/**
 * Follows a live stream until `signal` ends it: reconnects when the connection breaks, and continues after the last event that `onEvent` has
 * handled. Rejects when the shop refuses (not found, not yours, logged out), with what `onEvent` throws, and for a stream that breaks the rules.
 */
export const subscribe = async <Data = unknown>({ connection }: Shop, path: string, subscription: Subscription<Data>): Promise<void> => {
  const { onEvent, lastEventId, signal, onLive } = subscription
  let lastId = lastEventId
  let pauseMs = 1000
  let failures = 0
  const handle = async ({ id, event, data }: Frame) => {
    await onEvent({ id, event, data: (jsonOf(data) ?? data) as Data })
    if (id !== undefined) lastId = id
  }
  while (!signal?.aborted) {
    try {
      const headers = { accept: 'text/event-stream', ...(lastId !== undefined && { 'last-event-id': lastId }) }
      const response = await answerTo(connection, { method: 'GET', path, headers, signal })
      if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
        await response.body?.cancel()
        throw errorOf(response, '')
      }
      onLive?.(true)
      const frames = frameReader(ms => {
        pauseMs = Math.min(Math.max(ms, 500), longestPauseMs)
      })
      await readChunks(
        response.body,
        async chunk => {
          failures = 0
          for (const frame of frames.read(chunk)) if (!signal?.aborted) await handle(frame)
        },
        subscription,
      )
    } catch (error) {
      if (signal?.aborted) break
      if (!isPassing(error)) throw error
      failures++
    } finally {
      onLive?.(false)
    }
    const backoffMs = Math.min(pauseMs * 2 ** Math.min(failures, 6), longestPauseMs)
    // Spread, so that a shop that restarts is not asked by everybody at once.
    await wait(backoffMs * (0.5 + Math.random() / 2), signal).catch(() => {})
  }
}
