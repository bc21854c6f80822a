import { sql as raw } from 'kysely'
import { defaultCurrency, toMajor } from '#shared/money'
import { day } from '#shared/time'
import type { OrderSql } from './database'
import { addSums, bucketOf, bucketsOf, figuresOf, noSums, periodOf, type Sums } from './domain-statistics'
import type { StatsQuery } from './model'

const usualPeriodMs = 30 * day
const topProducts = 10

interface Placed {
  from: Date
  to: Date
  currency: string
}

const sumsByDay = async (db: OrderSql['db'], { from, to, currency }: Placed): Promise<(Sums & { day: string })[]> => {
  const days = await db
    .selectFrom('orders')
    .where('created_at', '>=', from)
    .where('created_at', '<', to)
    .where('currency', '=', currency)
    .select(raw<string>`date_format(created_at, '%Y-%m-%d')`.as('day'))
    .select(raw<number>`count(*)`.as('orders'))
    .select(raw<string>`sum(status = 'cancelled')`.as('cancelled'))
    .select(raw<string>`sum(captured > refunded)`.as('paid'))
    .select(raw<string>`sum(captured - refunded)`.as('revenue'))
    .groupBy('day')
    .execute()
  return days.map(({ day, orders, cancelled, paid, revenue }) => {
    return { day, orders: Number(orders), cancelled: Number(cancelled), paid: Number(paid), revenue: BigInt(revenue) }
  })
}

const topProductsOf = async (db: OrderSql['db'], { from, to, currency }: Placed) => {
  const top = await db
    .selectFrom('orders')
    .innerJoin('order_items', 'order_items.order_id', 'orders.id')
    .select(['product_id'])
    .select(raw<string>`max(name)`.as('name'))
    .select(raw<string>`sum(quantity)`.as('quantity'))
    .select(raw<string>`sum(price * quantity - order_items.discount)`.as('revenue'))
    .where('created_at', '>=', from)
    .where('created_at', '<', to)
    .where('currency', '=', currency)
    .where('status', 'in', ['paid', 'fulfilling', 'shipped', 'delivered'])
    .groupBy('product_id')
    .orderBy('quantity', 'desc')
    .orderBy('product_id')
    .limit(topProducts)
    .execute()
  return top.map(({ product_id, name, quantity, revenue }) => {
    return { product_id, name, quantity: Number(quantity), revenue: toMajor(Number(revenue), currency) }
  })
}

/** The figures that are shown of some orders. */
const statisticsView = (sums: Sums, currency: string) => {
  const { revenue, average, ...figures } = figuresOf(sums)
  return { ...figures, revenue: toMajor(Number(revenue), currency), average: toMajor(Number(average), currency) }
}

/** Figures of the orders that were placed in a period, in one currency: amounts of two cannot be added. */
export const orderStatistics =
  ({ db }: Pick<OrderSql, 'db'>) =>
  async (query: StatsQuery) => {
    const { by = 'day', currency = defaultCurrency } = query
    const period = periodOf(query.from, query.to)
    const to = period.to ?? new Date()
    const from = period.from ?? new Date(to.getTime() - usualPeriodMs)
    const buckets = bucketsOf(from, to, by)
    const placed = { from, to, currency }
    const [days, top_products] = await Promise.all([sumsByDay(db, placed), topProductsOf(db, placed)])

    const sums = new Map<string, Sums>()
    for (const { day, ...ofDay } of days) {
      const start = bucketOf(day, by)
      sums.set(start, addSums(sums.get(start) ?? noSums, ofDay))
    }
    const all = [...sums.values()].reduce(addSums, noSums)
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      by,
      currency,
      ...statisticsView(all, currency),
      top_products,
      buckets: buckets.map(start => ({ start, ...statisticsView(sums.get(start) ?? noSums, currency) })),
    }
  }
