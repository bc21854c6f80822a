import type { Log } from '#shared/log'
import type { Fanout } from '#shared/redis'
import { addTariffs } from './add-tariffs'
import type { CarrierContracts } from './carriers/contracts'
import type { ShippingClients } from './clients'
import type { ShippingSql } from './database'
import { shipmentDrift } from './drift'
import { followUpShipments } from './follow-up-shipments'
import { shippingPersonalData } from './personal-data'
import { quoteItems, quoteShipping } from './quote-shipping'
import { shippingRateRepository } from './rates'
import { shipmentRepository } from './repository'
import { shipLines } from './ship-lines'
import { shipOrder } from './ship-order'
import { shipmentSteps } from './shipment-steps'
import { shipmentStreams } from './shipment-streams'
import { voidCancelledOrder, voidOrder } from './void-order'
import { weightRepository } from './weights'
import { zoneRepository } from './zones'

interface Ports {
  sql: ShippingSql
  clients: ShippingClients
  carriers: CarrierContracts
  follow(onEntry: (entry: Record<string, string>) => void): Pick<Fanout, 'append'>
  log: Pick<Log, 'warn'>
  heartbeatMs?: number
  stuckAfterMs: number
  /** How far apart groups of events begin. */
  groupIntervalMs?: number
}

export const compose = ({ sql, clients, carriers, follow, log, heartbeatMs, stuckAfterMs, groupIntervalMs }: Ports) => {
  const streams = shipmentStreams({ sql, follow, log, ...(heartbeatMs !== undefined && { heartbeatMs }) })
  const { notify } = streams
  const steps = shipmentSteps({ sql, notify })
  const quote = quoteShipping(sql)
  const [zones, rates] = [zoneRepository(sql), shippingRateRepository(sql)]
  return {
    streams,
    steps,
    shipOrder: shipOrder({ sql, clients, carriers, groupIntervalMs }),
    shipLines: shipLines({ sql, clients, carriers, notify }),
    voidOrder: voidOrder({ sql, notify }),
    voidCancelledOrder: voidCancelledOrder({ sql, notify }),
    followUpShipments: followUpShipments({ sql, clients, carriers, steps, log }),
    shipments: shipmentRepository(sql),
    quoteShipping: quote,
    quoteItems: quoteItems(quote, clients),
    rates,
    weights: weightRepository(sql),
    zones,
    addTariffs: addTariffs({ sql, zones, rates }),
    personalData: shippingPersonalData(sql),
    drift: shipmentDrift({ sql, stuckAfterMs }),
  }
}
export type ShippingService = ReturnType<typeof compose>
