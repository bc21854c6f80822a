import type { Sql } from '#shared/sql'
import type { TaxDb } from './database'
import { quoteTax } from './quote-tax'
import { taxReport } from './report'
import { taxRateRepository } from './repository'

export const compose = ({ sql }: { sql: Sql<TaxDb> }) => {
  const rates = taxRateRepository(sql)
  return { rates, quoteTax: quoteTax(rates), report: taxReport(sql) }
}
export type TaxService = ReturnType<typeof compose>
