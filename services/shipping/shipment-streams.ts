import { liveStreams } from '#shared/live-streams'
import type { Log } from '#shared/log'
import type { Fanout } from '#shared/redis'
import type { ShippingSql } from './database'

interface Ports {
  sql: Pick<ShippingSql, 'db'>
  follow(onEntry: (entry: Record<string, string>) => void): Pick<Fanout, 'append'>
  log: Pick<Log, 'warn'>
  heartbeatMs?: number
}

/** Shipments live: each step is a message, and its version the message's id. */
export const shipmentStreams = ({ sql: { db }, ...ports }: Ports) =>
  liveStreams({
    ...ports,
    async messagesAfter(shipmentId, version, limit) {
      const unsent = db.selectFrom('shipment_steps').selectAll().where('shipment_id', '=', shipmentId)
      const steps = await unsent.where('version', '>', version).orderBy('version').limit(limit).execute()
      return steps.map(({ shipment_id, version, status, at }) => ({
        version,
        data: { shipment_id, status, version, at: at.toISOString() },
      }))
    },
    versionsOf: ids => db.selectFrom('shipments').select(['id', 'version']).where('id', 'in', ids).execute(),
  })
export type ShipmentStreams = ReturnType<typeof shipmentStreams>
