import { day, minute } from '#shared/time'
import type { QuietHours } from './domain-preferences'

export const isTimeZone = (name: string): boolean => {
  try {
    return /^[A-Za-z]/.test(name) && formatOf(name) !== undefined
  } catch {
    return false
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()
/** Making a format is slow, and there are some 600 zones at most. */
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  })
  if (formats.size < 1000) formats.set(timeZone, format)
  return format
}

/** What the clocks of a place show, as if it were a time in UTC; to the minute. */
const clockAt = (timeZone: string, at: number): number => {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
}

const minutesOf = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

const isQuiet = ({ from, until }: QuietHours, clock: number): boolean => {
  const now = (clock % day) / minute
  const [start, end] = [minutesOf(from), minutesOf(until)]
  return start < end ? now >= start && now < end : now >= start || now < end
}

/**
 * When the quiet hours that cover `now` end; undefined outside them. Where the clocks skip that time it is the moment after the gap, and
 * where they show it twice the first time.
 */
export const quietUntil = (hours: QuietHours, now: Date): Date | undefined => {
  const at = now.getTime()
  const clock = clockAt(hours.time_zone, at)
  if (!isQuiet(hours, clock)) return undefined
  const end = minutesOf(hours.until)
  const left = (end - (clock % day) / minute + 24 * 60) % (24 * 60)
  const goal = clock + left * minute
  const start = Math.floor(at / minute) * minute
  // The clocks do not change in between.
  if (clockAt(hours.time_zone, start + left * minute) === goal) return new Date(start + left * minute)
  // They change by two hours at most.
  const earliest = Math.max(start, start + (left - 120) * minute)
  for (let moment = earliest; moment <= start + (left + 120) * minute; moment += minute) {
    const shown = clockAt(hours.time_zone, moment)
    if (shown >= goal && moment > at) return new Date(moment)
  }
  return new Date(start + left * minute)
}
