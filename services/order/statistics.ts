import { sql as raw } from 'kysely'
import { defaultCurrency, toMajor } from '#shared/money'
import { day } from '#shared/time'
import type { OrderSql } from './database'
import { addSums, bucketOf, bucketsOf, figuresOf, noSums, periodOf, type Sums } from './domain-statistics'
import type { StatsQuery } from './model'

const usualPeriodMs = 30 * day
const topProducts = 10

/** Figures of the orders that were placed in a period, in one currency: amounts of two cannot be added. */
export const orderStatistics =
  ({ db }: Pick<OrderSql, 'db'>) =>
  async (query: StatsQuery) => {
    const { by = 'day', currency = defaultCurrency } = query
    const period = periodOf(query.from, query.to)
    const to = period.to ?? new Date()
    const from = period.from ?? new Date(to.getTime() - usualPeriodMs)
    const buckets = bucketsOf(from, to, by)

    const placedOn = raw<string>`date_format(created_at, '%Y-%m-%d')`
    const placed = db.selectFrom('orders').where('created_at', '>=', from).where('created_at', '<', to).where('currency', '=', currency)
    const [days, top] = await Promise.all([
      placed
        .select(placedOn.as('day'))
        .select(raw<number>`count(*)`.as('orders'))
        .select(raw<string>`sum(status = 'cancelled')`.as('cancelled'))
        .select(raw<string>`sum(captured > refunded)`.as('paid'))
        .select(raw<string>`sum(captured - refunded)`.as('revenue'))
        .groupBy('day')
        .execute(),
      db
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
        .execute(),
    ])

    const sums = new Map<string, Sums>()
    let all = noSums
    for (const row of days) {
      const sumsOfDay = {
        orders: Number(row.orders),
        cancelled: Number(row.cancelled),
        paid: Number(row.paid),
        revenue: BigInt(row.revenue),
      }
      const start = bucketOf(row.day, by)
      sums.set(start, addSums(sums.get(start) ?? noSums, sumsOfDay))
      all = addSums(all, sumsOfDay)
    }
    const view = (part: Sums) => {
      const { revenue, average, ...figures } = figuresOf(part)
      return { ...figures, revenue: toMajor(Number(revenue), currency), average: toMajor(Number(average), currency) }
    }
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      by,
      currency,
      ...view(all),
      top_products: top.map(({ product_id, name, quantity, revenue }) => {
        return { product_id, name, quantity: Number(quantity), revenue: toMajor(Number(revenue), currency) }
      }),
      buckets: buckets.map(start => ({ start, ...view(sums.get(start) ?? noSums) })),
    }
  }
