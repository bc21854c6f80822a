import type { Log } from '#shared/log'
import { applyFact } from './apply-fact'
import { cancel, finishCancellations } from './cancel'
import { claims } from './claims'
import type { OrderClients } from './clients'
import type { OrderSql, Terms } from './database'
import { orderDrift } from './drift'
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
}

export const compose = ({ sql, clients, terms, log }: Ports) => {
  const orders = orderRepository(sql)
  return {
    orders,
    place: place({ sql, clients, terms }),
    reprice: reprice({ sql, clients, orders }),
    cancel: cancel({ sql, clients }),
    finishCancellations: finishCancellations({ sql, clients, log }),
    claims: claims({ sql, terms }),
    timeouts: timeouts({ sql, terms, log }),
    returns: returns(sql),
    applyFact: applyFact(sql),
    statistics: orderStatistics(sql),
    drift: orderDrift(sql),
    personalData: orderPersonalData({ sql, orders, log }),
  }
}
export type OrderService = ReturnType<typeof compose>
