import { accessTokens } from '#shared/auth'
import { tooMany, unavailable } from '#shared/errors'
import type { Log } from '#shared/log'
import type { Fanout } from '#shared/redis'
import { second } from '#shared/time'
import type { ShipmentRow, ShippingSql, StepRow } from './database'

export type ShipmentVersion = Pick<ShipmentRow, 'id' | 'version'>
/** Notifies the streams of every instance that shipments changed. While Redis is down, the next heartbeat sends the change. */
export type NotifyStreams = (changed: readonly ShipmentVersion[]) => Promise<void>

interface Stream {
  shipmentId: number
  userId: number
  sid: string
  openedAt: number
  /** The version that was sent last. */
  lastVersion: number
  send(text: string): void
  end(): void
  isReading: boolean
  /** A change came while the steps were read: they are read once more. */
  isStale: boolean
}

interface Ports {
  sql: Pick<ShippingSql, 'db'>
  /** Follows the capped Redis stream that all instances share. */
  follow(onEntry: (entry: Record<string, string>) => void): Pick<Fanout, 'append'>
  log: Pick<Log, 'warn'>
  heartbeatMs?: number
}

const mostStreams = 2000
const mostPerUser = 20
/** A stream whose client has left this many messages unread is ended; the client reconnects with the id of the last one that it read. */
const mostUnread = 100
const mostSteps = 100

/** Shipments live, over server-sent events. Every message comes from the database; Redis only says when to read it. */
export const shipmentStreams = ({ sql: { db }, follow, log, heartbeatMs = 15 * second }: Ports) => {
  const streams = new Set<Stream>()
  let closed = false

  const sendNewSteps = async (stream: Stream) => {
    stream.isStale = true
    if (stream.isReading) return
    stream.isReading = true
    try {
      while (stream.isStale) {
        stream.isStale = false
        const unsent = db.selectFrom('shipment_steps').selectAll().where('shipment_id', '=', stream.shipmentId)
        const steps = await unsent.where('version', '>', stream.lastVersion).orderBy('version').limit(mostSteps).execute()
        for (const step of steps) {
          stream.send(sseMessage(step))
          stream.lastVersion = step.version
        }
      }
    } catch (error) {
      log.warn({ err: error }, 'the steps for a live stream could not be read; the next heartbeat repeats it')
    } finally {
      stream.isReading = false
    }
  }

  const { append } = follow(({ shipment_id, version }) => {
    for (const stream of streams)
      if (stream.shipmentId === Number(shipment_id) && stream.lastVersion < Number(version)) void sendNewSteps(stream)
  })

  const beat = async () => {
    for (const stream of [...streams]) {
      // A stream does not outlive the access token that opened it.
      if (Date.now() - stream.openedAt > accessTokens.lifeSeconds * second) stream.end()
      else stream.send(': still here\n\n')
    }
    const ids = [...new Set([...streams].map(({ shipmentId }) => shipmentId))]
    if (ids.length === 0) return
    const rows = await db.selectFrom('shipments').select(['id', 'version']).where('id', 'in', ids).execute()
    const versions = new Map(rows.map(({ id, version }) => [id, version]))
    for (const stream of streams) if ((versions.get(stream.shipmentId) ?? 0) > stream.lastVersion) void sendNewSteps(stream)
  }
  const heartbeat = setInterval(
    () => void beat().catch(error => log.warn({ err: error }, 'the shipments of the live streams could not be read')),
    heartbeatMs,
  )

  const notify: NotifyStreams = async changed => {
    for (const { id, version } of changed)
      await append({ shipment_id: `${id}`, version: `${version}` }).catch(error =>
        log.warn({ err: error, shipment_id: id }, 'live streams were not notified of a change; the next heartbeat sends it'),
      )
  }

  return {
    notify,
    /** Sends the current status, or every step after `lastSeen`, and then each change. */
    open({ id, version }: ShipmentVersion, { user, lastSeen }: { user: { id: number; sid: string }; lastSeen: number | undefined }) {
      if (streams.size >= mostStreams) throw unavailable('too_many_streams', 'Too many live streams are open; try again in a moment.')
      if ([...streams].filter(({ userId }) => userId === user.id).length >= mostPerUser)
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
          const lastVersion = Math.min(lastSeen ?? version - 1, version)
          const owner = { shipmentId: id, userId: user.id, sid: user.sid, openedAt: Date.now() }
          stream = { ...owner, lastVersion, send, end, isReading: false, isStale: false }
          streams.add(stream)
          send('retry: 2000\n\n')
          void sendNewSteps(stream).then(() => {
            if (closed) end()
          })
        },
        cancel: () => void streams.delete(stream),
      })
    },
    endSession(sid: string | undefined) {
      for (const stream of [...streams]) if (stream.sid === sid) stream.end()
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
export type ShipmentStreams = ReturnType<typeof shipmentStreams>

/** The version is the message's id, which a reconnecting client sends as `Last-Event-ID`. */
const sseMessage = ({ shipment_id, version, status, at }: StepRow) =>
  `id: ${version}\ndata: ${JSON.stringify({ shipment_id, status, version, at: at.toISOString() })}\n\n`

/** The version in a `Last-Event-ID` header; undefined for one that this service did not send. */
export const versionFromHeader = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : undefined
