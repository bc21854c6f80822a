import { invalid } from './errors'

/** Lengths of time, in milliseconds. */
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** Whether a day, such as 2026-01-31, is in the calendar: JavaScript reads 31 April as 1 May. */
export const isDay = (text: string): boolean => new Date(Date.parse(text) || 0).toISOString().startsWith(text)

const momentOf = (text: string): Date => {
  const at = new Date(text)
  if (Number.isNaN(at.getTime()) || !isDay(text.slice(0, 10)))
    throw invalid('invalid_period', '`from` and `to` are days as 2026-01-31, or moments as 2026-01-31T12:00:00Z.')
  return at
}

/** What `from` and `to` of a query mean, in UTC. A period that ends on a day includes all of that day; one that ends at a moment ends there. */
export function readPeriod(from: string, to: string): { from: Date; to: Date }
export function readPeriod(from: string | undefined, to: string | undefined): { from?: Date; to?: Date }
export function readPeriod(from: string | undefined, to: string | undefined) {
  return {
    ...(from !== undefined && { from: momentOf(from) }),
    ...(to !== undefined && { to: new Date(momentOf(to).getTime() + (to.length === 10 ? day : 0)) }),
  }
}
