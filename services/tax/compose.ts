import type { Sql } from '#shared/sql'
import { addRate } from './add-rate'
import type { TaxDb } from './database'
import { reportedOrders } from './drift'
import { quoteTax } from './quote-tax'
import { taxReport } from './report'
import { taxRateRepository } from './repository'

export const compose = ({ sql, now = () => new Date() }: { sql: Sql<TaxDb>; now?: () => Date }) => {
  const rates = taxRateRepository(sql)
  return {
    rates,
    quoteTax: quoteTax(rates, now),
    addRate: addRate(sql, rates),
    report: taxReport(sql),
    reportedOrders: reportedOrders(sql),
  }
}
export type TaxService = ReturnType<typeof compose>
