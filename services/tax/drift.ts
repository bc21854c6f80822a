import { toMajor } from '#shared/money'
import type { Sql } from '#shared/sql'
import type { TaxDb } from './database'

const maxOrders = 5000

/** What the report counts for orders, to compare with payment and order: the sale less its refunds, tax included. */
export const reportedOrders = ({ db }: Pick<Sql<TaxDb>, 'db'>) => {
  const ofOrders = async (orderIds: readonly number[]): Promise<Record<string, number>> => {
    if (orderIds.length === 0) return {}
    const rows = await db
      .selectFrom('entries')
      .select(['order_id', 'currency'])
      .select(({ fn }) => [fn.sum<string>('net').as('net'), fn.sum<string>('tax').as('tax')])
      .where('order_id', 'in', orderIds)
      .groupBy(['order_id', 'currency'])
      .execute()
    return Object.fromEntries(rows.map(({ order_id, currency, net, tax }) => [order_id, toMajor(Number(net) + Number(tax), currency)]))
  }

  return {
    ofOrders,
    /** Those that were sold in a window. */
    async soldBetween(since: Date, until: Date): Promise<Record<string, number>> {
      const sold = await db
        .selectFrom('entries')
        .select('order_id')
        .distinct()
        .where('at', '>=', since)
        .where('at', '<', until)
        .where('kind', '=', 'sale')
        .limit(maxOrders)
        .execute()
      return ofOrders(sold.map(({ order_id }) => order_id))
    },
  }
}
export type ReportedOrders = ReturnType<typeof reportedOrders>
