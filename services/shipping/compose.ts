import type { Log } from '#shared/log'
import type { Fanout } from '#shared/redis'
import type { Carriers } from './carriers/carrier'
import type { ShippingClients } from './clients'
import type { ShippingSql } from './database'
import { dispatch } from './dispatch'
import { parcelDrift } from './drift'
import { liveParcels } from './live'
import { personalData } from './personal-data'
import { progress } from './progress'
import { quotes } from './quotes'
import { shipmentRepository } from './repository'
import { tariffs } from './tariffs'
import { tracking } from './tracking'
import { voids } from './voids'
import { zoneRepository } from './zones'

interface Deps {
  sql: ShippingSql
  clients: ShippingClients
  carriers: Carriers
  follow(onEntry: (entry: Record<string, string>) => void): Pick<Fanout, 'append'>
  log: Pick<Log, 'warn'>
  heartbeatMs?: number
  stuckAfterMs: number
}

export const compose = ({ sql, clients, carriers, follow, log, heartbeatMs, stuckAfterMs }: Deps) => {
  const live = liveParcels({ sql, follow, log, ...(heartbeatMs !== undefined && { heartbeatMs }) })
  const { announce } = live
  const moving = progress({ sql, announce })
  return {
    live,
    progress: moving,
    dispatch: dispatch({ sql, clients, carriers, announce }),
    voids: voids({ sql, announce }),
    tracking: tracking({ sql, carriers, progress: moving, log }),
    shipments: shipmentRepository(sql),
    quotes: quotes(sql),
    tariffs: tariffs(sql),
    zones: zoneRepository(sql),
    personal: personalData(sql),
    drift: parcelDrift({ sql, stuckAfterMs }),
  }
}
export type ShippingService = ReturnType<typeof compose>
