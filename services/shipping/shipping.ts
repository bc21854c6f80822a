import type { Log } from '#shared/log'
import type { Fanout } from '#shared/redis'
import type { Carriers } from './carriers/carrier'
import type { ShippingSql } from './database'
import { dispatch } from './dispatch'
import { parcelDrift } from './drift'
import { liveParcels } from './live'
import type { AskOrder } from './neighbours'
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
  askOrder: AskOrder
  carriers: Carriers
  follow(onEntry: (entry: Record<string, string>) => void): Pick<Fanout, 'append'>
  log: Pick<Log, 'warn'>
  heartbeatMs?: number
  stuckAfterMs?: number
}

const week = 7 * 24 * 3_600_000

/** The use cases of the service, wired to each other. */
export const createShipping = ({ sql, askOrder, carriers, follow, log, heartbeatMs, stuckAfterMs = week }: Deps) => {
  const live = liveParcels({ sql, follow, log, ...(heartbeatMs !== undefined && { heartbeatMs }) })
  const { announce } = live
  const moving = progress({ sql, announce })
  return {
    live,
    progress: moving,
    dispatch: dispatch({ sql, askOrder, carriers, announce }),
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
export type Shipping = ReturnType<typeof createShipping>
