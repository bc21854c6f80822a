import type { Message } from '#shared/event'
import type { Log } from '#shared/log'
import type { Notices } from '#shared/redis'
import { applyFact } from './apply-fact'
import { cancel, finishCancellations } from './cancel'
import { claims } from './claims'
import type { OrderClients } from './clients'
import type { OrderSql, Terms } from './database'
import type { Fact } from './domain'
import { orderDrift } from './drift'
import { payableWaits } from './payable-waits'
import { orderPersonalData } from './personal-data'
import { place } from './place'
import { orderRepository } from './repository'
import { reprice } from './reprice'
import { returns } from './returns'
import { orderStatistics } from './statistics'
import { timeouts } from './timeouts'

interface Ports {
  sql: OrderSql
  clients: OrderClients
  terms: Terms
  log: Pick<Log, 'warn'>
  /** Tells the other instances which orders may be payable. */
  notices: Notices
  /** How far apart groups of events begin. */
  groupIntervalMs?: number
}

export const compose = ({ sql, clients, terms, log, notices, groupIntervalMs }: Ports) => {
  const orders = orderRepository(sql)
  const waits = payableWaits(notices)
  const apply = applyFact(sql, { groupIntervalMs })
  return {
    orders,
    place: place({ sql, clients, terms }),
    reprice: reprice({ sql, clients, orders }),
    cancel: cancel({ sql, clients }),
    finishCancellations: finishCancellations({ sql, clients, log }),
    payableWaits: waits,
    claims: claims({ sql, payableWaits: waits, terms }),
    timeouts: timeouts({ sql, terms, log }),
    returns: returns(sql),
    applyFact: async (message: Message, orderId: number, fact: Fact, entryData?: object) => {
      await apply(message, { orderId, fact, ...(entryData && { entryData }) })
      waits.announce(orderId, fact)
    },
    statistics: orderStatistics(sql),
    drift: orderDrift(sql),
    personalData: orderPersonalData({ sql, orders, log }),
  }
}
export type OrderService = ReturnType<typeof compose>
