import type { Sql } from '#shared/sql'
import { addRate } from './add-rate'
import type { TaxDb } from './database'
import { reportedOrders } from './drift'
import { orderFacts } from './order-facts'
import { quoteTax } from './quote-tax'
import { taxReport } from './report'
import { taxRateRepository } from './repository'

interface Ports {
  sql: Sql<TaxDb>
  now?: () => Date
  /** How far apart groups of events begin. */
  groupIntervalMs?: number
}

export const compose = ({ sql, now = () => new Date(), groupIntervalMs }: Ports) => {
  const rates = taxRateRepository(sql)
  return {
    rates,
    quoteTax: quoteTax(rates, now),
    addRate: addRate(sql, rates),
    addOrderFact: orderFacts(sql, { groupIntervalMs }),
    report: taxReport(sql),
    reportedOrders: reportedOrders(sql),
  }
}
export type TaxService = ReturnType<typeof compose>
