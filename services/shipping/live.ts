import { accessTokens } from '#shared/auth'
import { tooMany, unavailable } from '#shared/errors'
import type { Log } from '#shared/log'
import type { Fanout } from '#shared/redis'
import type { ShipmentRow, ShippingSql, StepRow } from './database'
import type { Change } from './parcels'

/** Tells every instance that parcels changed. Redis away: who watches hears it with the next heartbeat. */
export type Announce = (changes: readonly Change[]) => Promise<void>

interface Watcher {
  shipmentId: number
  userId: number
  sid: string
  openedAt: number
  /** The version told last. */
  last: number
  say(text: string): void
  end(): void
  /** Reading now, and whether to read once more after. */
  reading: boolean
  again: boolean
}

interface Deps {
  sql: Pick<ShippingSql, 'db'>
  /** The capped stream that all instances follow. */
  follow(onEntry: (entry: Record<string, string>) => void): Pick<Fanout, 'append'>
  log: Pick<Log, 'warn'>
  heartbeatMs?: number
  most?: number
  mostPerUser?: number
}

/** A client that reads nothing for so many messages is let go; it comes back with what it saw last. */
const mostUnread = 100
const batch = 100

/** Parcels as they move, over server-sent events: the database holds what is said, Redis only says when to look. */
export const liveParcels = ({ sql: { db }, follow, log, heartbeatMs = 15_000, most = 2000, mostPerUser = 20 }: Deps) => {
  const watchers = new Set<Watcher>()
  let closed = false

  const tell = async (watcher: Watcher) => {
    watcher.again = true
    if (watcher.reading) return
    watcher.reading = true
    try {
      while (watcher.again) {
        watcher.again = false
        const unseen = db.selectFrom('shipment_steps').selectAll().where('shipment_id', '=', watcher.shipmentId)
        const steps = await unseen.where('version', '>', watcher.last).orderBy('version').limit(batch).execute()
        for (const step of steps) {
          watcher.say(eventOf(step))
          watcher.last = step.version
        }
      }
    } catch (error) {
      log.warn({ err: error }, 'a parcel that is watched could not be read; it is tried again with the next heartbeat')
    } finally {
      watcher.reading = false
    }
  }

  const { append } = follow(({ shipment_id, version }) => {
    for (const watcher of watchers) if (watcher.shipmentId === Number(shipment_id) && watcher.last < Number(version)) void tell(watcher)
  })

  const beat = async () => {
    for (const watcher of [...watchers]) {
      // No longer than the token by which it was opened.
      if (Date.now() - watcher.openedAt > accessTokens.lifeSeconds * 1000) watcher.end()
      else watcher.say(': still here\n\n')
    }
    const ids = [...new Set([...watchers].map(({ shipmentId }) => shipmentId))]
    if (ids.length === 0) return
    const rows = await db.selectFrom('shipments').select(['id', 'version']).where('id', 'in', ids).execute()
    const versions = new Map(rows.map(({ id, version }) => [id, version]))
    for (const watcher of watchers) if ((versions.get(watcher.shipmentId) ?? 0) > watcher.last) void tell(watcher)
  }
  const heartbeat = setInterval(
    () => void beat().catch(error => log.warn({ err: error }, 'watched parcels could not be read')),
    heartbeatMs,
  )

  const announce: Announce = async changes => {
    for (const { shipment_id, version } of changes)
      await append({ shipment_id: `${shipment_id}`, version: `${version}` }).catch(error =>
        log.warn({ err: error, shipment_id }, 'a change could not be told live'),
      )
  }

  return {
    announce,
    /** The state as it is now, or what came after `lastSeen`, and then every change. */
    watch({ id, version }: ShipmentRow, { user, lastSeen }: { user: { id: number; sid: string }; lastSeen: number | undefined }) {
      if (watchers.size >= most) throw unavailable('too_many_streams', 'Too many watch their parcels just now; try again in a moment.')
      if ([...watchers].filter(({ userId }) => userId === user.id).length >= mostPerUser)
        throw tooMany('too_many_streams', 'Close one of your other live streams first.', 5)
      const encoder = new TextEncoder()
      let watcher: Watcher
      return new ReadableStream<Uint8Array>({
        start(controller) {
          const end = () => {
            if (watchers.delete(watcher)) controller.close()
          }
          const say = (text: string) => {
            if (!watchers.has(watcher)) return
            controller.enqueue(encoder.encode(text))
            if ((controller.desiredSize ?? 0) < -mostUnread) end()
          }
          const last = Math.min(lastSeen ?? version - 1, version)
          watcher = { shipmentId: id, userId: user.id, sid: user.sid, openedAt: Date.now(), last, say, end, reading: false, again: false }
          watchers.add(watcher)
          say('retry: 2000\n\n')
          void tell(watcher).then(() => {
            if (closed) end()
          })
        },
        cancel: () => void watchers.delete(watcher),
      })
    },
    endSession(sid: string | undefined) {
      for (const watcher of [...watchers]) if (watcher.sid === sid) watcher.end()
    },
    /** The clients come back, to another instance. */
    close() {
      closed = true
      clearInterval(heartbeat)
      for (const watcher of [...watchers]) watcher.end()
    },
    watching: () => watchers.size,
  }
}
export type LiveParcels = ReturnType<typeof liveParcels>

/** Its id is the version, so that a client which comes back says what it saw last. */
const eventOf = ({ shipment_id, version, status, at }: StepRow) =>
  `id: ${version}\ndata: ${JSON.stringify({ shipment_id, status, version, at: at.toISOString() })}\n\n`

/** `Last-Event-ID` as we gave it; anything else is no memory at all. */
export const lastSeenOf = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : undefined
