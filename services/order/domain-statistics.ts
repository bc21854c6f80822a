import { invalid } from '#shared/errors'
import { day as dayMs, readPeriod } from '#shared/time'

type Bucket = 'day' | 'week' | 'month'

const maxBuckets = 366

const dayOf = (at: Date) => at.toISOString().slice(0, 10)

export const periodOf = (from: string | undefined, to: string | undefined): { from?: Date; to?: Date } => {
  const period = readPeriod(from, to)
  if (period.from && period.to && period.from >= period.to) throw invalid('invalid_period', '`from` must be before `to`.')
  return period
}

/** The first day of the day, week or month that a day is in. Weeks begin on Monday. */
export const bucketOf = (day: string, by: Bucket): string => {
  if (by === 'day') return day
  if (by === 'month') return `${day.slice(0, 7)}-01`
  const at = new Date(day)
  return dayOf(new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * dayMs))
}

const nextBucket = (start: string, by: Bucket): string => {
  const at = new Date(start)
  if (by === 'month') return dayOf(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)))
  return dayOf(new Date(at.getTime() + (by === 'week' ? 7 : 1) * dayMs))
}

/** The first days of all days, weeks or months of a period, those without orders included. */
export const bucketsOf = (from: Date, to: Date, by: Bucket): string[] => {
  const buckets: string[] = []
  const last = dayOf(new Date(to.getTime() - 1))
  for (let start = bucketOf(dayOf(from), by); start <= last; start = nextBucket(start, by)) {
    if (buckets.push(start) > maxBuckets)
      throw invalid(
        'period_too_long',
        `A period may have at most ${maxBuckets} days, weeks or months; take a shorter one or a coarser \`by\`.`,
      )
  }
  return buckets
}

export interface Sums {
  orders: number
  cancelled: number
  /** Orders of which money was kept, and how much of it, in minor units. */
  paid: number
  revenue: bigint
}
export const noSums: Sums = { orders: 0, cancelled: 0, paid: 0, revenue: 0n }
export const addSums = (a: Sums, b: Sums): Sums => ({
  orders: a.orders + b.orders,
  cancelled: a.cancelled + b.cancelled,
  paid: a.paid + b.paid,
  revenue: a.revenue + b.revenue,
})

export const figuresOf = ({ orders, cancelled, paid, revenue }: Sums) => ({
  orders,
  revenue,
  /** Rounded half up. */
  average: paid === 0 ? 0n : (revenue * 2n + BigInt(paid)) / (BigInt(paid) * 2n),
  cancelled,
  cancellation_rate: orders === 0 ? 0 : Math.round((cancelled / orders) * 10_000) / 10_000,
})
