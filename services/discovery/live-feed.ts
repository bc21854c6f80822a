import type { User } from '#shared/auth'
import type { Bus } from '#shared/bus'
import { tooMany } from '#shared/errors'
import type { Message } from '#shared/event'
import type { Log } from '#shared/log'
import type { Redis } from '#shared/redis'
import { justEnded } from '#shared/revocations'
import { second } from '#shared/time'
import appendLive from './append-live.lua' with { type: 'text' }
import { liveEvent } from './domain-live'

interface Ports {
  redis: Pick<Redis, 'client' | 'key' | 'script'>
  tap: Bus['tap']
  log: Pick<Log, 'warn'>
  pollMs?: number
  lingerMs?: number
}

interface Watcher {
  sid: string
  end(): void
}

const mostWatchers = 50
/** How many events a watcher that was away gets again; older ones are gone. */
const mostKept = 2000
const mostAtOnce = 200
/** A watcher that has left this many chunks unread is ended; it comes back with the id of the last event that it read. */
const mostUnread = 100
const heartbeatMs = 15 * second

/**
 * Events as they happen. While somebody watches, an instance has a queue of its own at the broker and appends what comes to a stream in Redis
 * that all instances share, so a watcher may come back to another one. While nobody watches, there is no queue.
 */
export const liveFeed = ({ redis: { client, key, script }, tap, log, pollMs = second / 4, lingerMs = 5 * second }: Ports) => {
  const stream = key('live')
  const append = script<number>(appendLive)
  const watchers = new Set<Watcher>()
  const sessions = justEnded()
  let closed = false
  let source: Promise<{ close(): Promise<void> } | undefined> | undefined
  let closing: ReturnType<typeof setTimeout> | undefined
  let failing = false

  const store = (message: Message) =>
    append([key('live', message.id), stream], [JSON.stringify(liveEvent(message)), mostKept]).then(
      () => {
        failing = false
      },
      error => {
        if (!failing) log.warn({ err: error }, 'an event could not be shown to those who watch; neither can others while Redis is down')
        failing = true
      },
    )

  const openSource = () => {
    clearTimeout(closing)
    source ??= tap(message => void store(message)).catch(error => {
      log.warn({ err: error }, 'events cannot be watched: the broker does not answer')
      source = undefined
      return undefined
    })
    return source
  }
  const closeSource = async () => {
    clearTimeout(closing)
    const opened = source
    source = undefined
    await (await opened)?.close()
  }
  const leave = (watcher: Watcher) => {
    if (!watchers.delete(watcher) || watchers.size > 0 || closed) return
    // A reload of the page opens the queue only once.
    clearTimeout(closing)
    closing = setTimeout(() => void (watchers.size === 0 && closeSource()), lingerMs)
  }

  const newest = async () => (await client.xrevrange(stream, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0-0'

  return {
    /** The events after the one with the id `after`, or from now on. An id is that of the stream: see `idFromHeader`. */
    async open({ user, after }: { user: Pick<User, 'sid' | 'expiresAt'>; after: string | undefined }): Promise<ReadableStream<Uint8Array>> {
      if (watchers.size >= mostWatchers) throw tooMany('too_many_streams', 'Too many control rooms are open; close one of them first.', 5)
      let last = after ?? (await newest())
      await openSource()
      const encoder = new TextEncoder()
      let watcher: Watcher
      return new ReadableStream<Uint8Array>({
        start(controller) {
          watcher = {
            sid: user.sid,
            end: () => {
              if (!watchers.has(watcher)) return
              leave(watcher)
              controller.close()
            },
          }
          watchers.add(watcher)
          const send = (text: string) => {
            if (!watchers.has(watcher)) return
            controller.enqueue(encoder.encode(text))
            if ((controller.desiredSize ?? 0) < -mostUnread) watcher.end()
          }
          const follow = async () => {
            let beatAt = Date.now()
            send('retry: 1000\n\n')
            while (watchers.has(watcher) && !closed && !sessions.has(user.sid) && Date.now() < user.expiresAt) {
              const entries = await client.xrange(stream, `(${last}`, '+', 'COUNT', mostAtOnce).catch(() => [])
              const text = entries.map(([id, [, event = '']]) => `id: ${id}\ndata: ${event}\n\n`).join('')
              last = entries.at(-1)?.[0] ?? last
              if (text) send(text)
              else if (Date.now() - beatAt >= heartbeatMs) {
                beatAt = Date.now()
                send(': still here\n\n')
                // The broker may have been down when the stream was opened.
                void openSource()
              }
              if (entries.length < mostAtOnce) await Bun.sleep(pollMs)
            }
            watcher.end()
          }
          void follow()
        },
        cancel: () => leave(watcher),
      })
    },
    endSession(sid: string | undefined) {
      sessions.add(sid)
      for (const watcher of [...watchers]) if (watcher.sid === sid) watcher.end()
    },
    /** Ends all streams; who watches comes back to another instance. */
    async close() {
      closed = true
      for (const watcher of [...watchers]) watcher.end()
      await closeSource()
    },
    watching: () => watchers.size,
    isOpen: () => source !== undefined,
  }
}
export type LiveFeed = ReturnType<typeof liveFeed>

/** The id in a `Last-Event-ID` header; undefined for one that this service did not send. */
export const idFromHeader = (header: string | undefined): string | undefined =>
  header !== undefined && /^\d{1,15}-\d{1,10}$/.test(header) ? header : undefined
