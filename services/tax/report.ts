import type { Sql } from '#shared/sql'
import { day } from '#shared/time'
import type { TaxDb } from './database'

const partMs = 31 * day

export const taxReport = ({ db }: Pick<Sql<TaxDb>, 'db'>) => {
  const totalsOf = (from: Date, to: Date, country?: string) => {
    const inPeriod = db.selectFrom('entries').where('at', '>=', from).where('at', '<', to)
    const entries = country === undefined ? inPeriod : inPeriod.where('country', '=', country)
    return entries
      .select(['country', 'region', 'rate_ppm', 'currency', 'kind'])
      .select(({ fn }) => [fn.sum<string>('net').as('net'), fn.sum<string>('tax').as('tax')])
      .groupBy(['country', 'region', 'rate_ppm', 'currency', 'kind'])
      .execute()
  }

  return {
    /** Summed in the database, a month at a time: no statement runs longer than a month's sales take. */
    async totals(from: Date, to: Date, country?: string) {
      const totals: Awaited<ReturnType<typeof totalsOf>> = []
      for (let start = from; start < to; start = new Date(start.getTime() + partMs))
        totals.push(...(await totalsOf(start, new Date(Math.min(to.getTime(), start.getTime() + partMs)), country)))
      return totals
    },
  }
}
export type TaxReport = ReturnType<typeof taxReport>
export type ReportTotal = Awaited<ReturnType<TaxReport['totals']>>[number]
