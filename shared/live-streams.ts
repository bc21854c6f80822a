import { sessionEnded, type User } from './auth'
import { tooMany, unavailable } from './errors'
import type { Log } from './log'
import type { Fanout } from './redis'
import { justEnded } from './revocations'
import { second } from './time'

/** What is followed, and how far it has come: its version grows by one with each message about it. */
export interface LiveSubject {
  id: number
  version: number
}
/** Notifies the streams of every instance of changes. While Redis is down, the next heartbeat sends them. */
export type NotifyStreams = (changed: readonly LiveSubject[]) => Promise<void>

interface LiveMessage {
  version: number
  data: unknown
}

/** Who watches, and until when at most. */
type Watcher = Pick<User, 'id' | 'sid' | 'expiresAt'>

interface Stream {
  subject: number
  user: Watcher
  /** The version that was sent last. */
  lastVersion: number
  send(text: string): void
  end(): void
  isReading: boolean
  /** A change came while the messages were read: they are read once more. */
  isStale: boolean
}

interface Ports {
  /** Follows the capped Redis stream that all instances share. */
  follow(onEntry: (entry: Record<string, string>) => void): Pick<Fanout, 'append'>
  /** The messages after a version, oldest first and at most `limit`. */
  messagesAfter(subject: number, version: number, limit: number): Promise<LiveMessage[]>
  /** The present versions of these subjects. One that is not there any more is left out. */
  versionsOf(subjects: number[]): Promise<LiveSubject[]>
  log: Pick<Log, 'warn'>
  heartbeatMs?: number
}

const mostStreams = 2000
const mostPerUser = 20
/** A stream whose client has left this many messages unread is ended; the client reconnects with the id of the last one that it read. */
const mostUnread = 100
const mostAtOnce = 100

/** Subjects live, over server-sent events. Every message comes from the database; Redis only says when to read it. */
export const liveStreams = ({ follow, messagesAfter, versionsOf, log, heartbeatMs = 15 * second }: Ports) => {
  const streams = new Set<Stream>()
  const sessions = justEnded()
  let closed = false

  const sendNew = async (stream: Stream) => {
    stream.isStale = true
    if (stream.isReading) return
    stream.isReading = true
    try {
      while (stream.isStale && streams.has(stream)) {
        stream.isStale = false
        const messages = await messagesAfter(stream.subject, stream.lastVersion, mostAtOnce)
        for (const message of messages) {
          stream.send(sseMessage(message))
          stream.lastVersion = message.version
        }
        stream.isStale ||= messages.length === mostAtOnce
      }
    } catch (error) {
      log.warn({ err: error }, 'the messages for a live stream could not be read; the next heartbeat repeats it')
    } finally {
      stream.isReading = false
    }
  }

  const { append } = follow(({ subject, version }) => {
    for (const stream of streams) if (stream.subject === Number(subject) && stream.lastVersion < Number(version)) void sendNew(stream)
  })

  const beat = async () => {
    for (const stream of [...streams]) {
      // A stream does not outlive the access token that opened it.
      if (Date.now() >= stream.user.expiresAt) stream.end()
      else stream.send(': still here\n\n')
    }
    const ids = [...new Set([...streams].map(({ subject }) => subject))]
    if (ids.length === 0) return
    const versions = new Map((await versionsOf(ids)).map(({ id, version }) => [id, version]))
    for (const stream of streams) if ((versions.get(stream.subject) ?? 0) > stream.lastVersion) void sendNew(stream)
  }
  const heartbeat = setInterval(
    () => void beat().catch(error => log.warn({ err: error }, 'the subjects of the live streams could not be read')),
    heartbeatMs,
  )

  const notify: NotifyStreams = async changed => {
    for (const { id, version } of changed)
      await append({ subject: `${id}`, version: `${version}` }).catch(error =>
        log.warn({ err: error, subject: id }, 'live streams were not notified of a change; the next heartbeat sends it'),
      )
  }

  return {
    notify,
    /** Sends every message after the version `after`, and then each new one. A version that is not reached yet counts as the present one. */
    open({ id, version }: LiveSubject, { user, after }: { user: Watcher; after: number }) {
      if (sessions.has(user.sid)) throw sessionEnded()
      if (streams.size >= mostStreams) throw unavailable('too_many_streams', 'Too many live streams are open; try again in a moment.')
      if ([...streams].filter(stream => stream.user.id === user.id).length >= mostPerUser)
        throw tooMany('too_many_streams', 'You have too many live streams open; close one of them first.', 5)
      const encoder = new TextEncoder()
      let stream: Stream
      return new ReadableStream<Uint8Array>({
        start(controller) {
          const end = () => {
            if (streams.delete(stream)) controller.close()
          }
          const send = (text: string) => {
            if (!streams.has(stream)) return
            controller.enqueue(encoder.encode(text))
            if ((controller.desiredSize ?? 0) < -mostUnread) end()
          }
          stream = { subject: id, user, lastVersion: Math.min(after, version), send, end, isReading: false, isStale: false }
          streams.add(stream)
          send('retry: 2000\n\n')
          void sendNew(stream).then(() => {
            if (closed) end()
          })
        },
        cancel: () => void streams.delete(stream),
      })
    },
    endSession(sid: string | undefined) {
      sessions.add(sid)
      for (const stream of [...streams]) if (stream.user.sid === sid) stream.end()
    },
    /** Ends all streams; their clients reconnect to another instance. */
    close() {
      closed = true
      clearInterval(heartbeat)
      for (const stream of [...streams]) stream.end()
    },
    openCount: () => streams.size,
  }
}

/** The version is the message's id, which a reconnecting client sends as `Last-Event-ID`. */
const sseMessage = ({ version, data }: LiveMessage) => `id: ${version}\ndata: ${JSON.stringify(data)}\n\n`

/** The version in a `Last-Event-ID` header; undefined for one that this service did not send. */
export const versionFromHeader = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined

/** The answer with a stream. Elysia answers HEAD by reading the whole body of the same GET, and this body has no end: pass null for it. */
export const eventStream = (body: ReadableStream<Uint8Array> | null) =>
  new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  })

/** What a document says of such a route. */
export const eventStreamDetail = (description: string) => ({
  parameters: [
    {
      in: 'header',
      name: 'Last-Event-ID',
      description: 'The id of the last event that was read: the stream goes on after it',
      required: false,
      schema: { type: 'string' as const, maxLength: 100 },
    },
  ],
  responses: {
    200: { description, content: { 'text/event-stream': { schema: { type: 'string' as const }, example: 'id: 7\ndata: {}\n\n' } } },
  },
})
