import { language } from './words'

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>()
const once = <F extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(name: string, make: (tag: string) => F): F => {
  const tag = language.value
  const found = made.get(`${tag} ${name}`) ?? make(tag)
  made.set(`${tag} ${name}`, found)
  return found as F
}

/** An amount as the API gives it: in major units. */
export const money = (amount: number, currency: string) =>
  once(`money ${currency}`, tag => new Intl.NumberFormat(tag, { style: 'currency', currency })).format(amount)

export const number = (value: number, digits = 0) =>
  once(`number ${digits}`, tag => new Intl.NumberFormat(tag, { maximumFractionDigits: digits })).format(value)

/** 0.123 is 12.3 %. */
export const percent = (share: number) =>
  once('percent', tag => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 })).format(share)

export const day = (at: string | number | Date) =>
  once('day', tag => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' })).format(new Date(at))
export const moment = (at: string | number | Date) =>
  once('moment', tag => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' })).format(new Date(at))
export const clock = (at: string | number | Date) =>
  once('clock', tag => new Intl.DateTimeFormat(tag, { timeStyle: 'medium' })).format(new Date(at))

const steps = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** "3 hours ago"; from a month on, the day. */
export const ago = (at: string | number | Date, now = Date.now()) => {
  const seconds = (new Date(at).getTime() - now) / 1000
  if (Math.abs(seconds) > 30 * 86_400) return day(at)
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const)
  return once('ago', tag => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' })).format(Math.round(seconds / size), unit)
}

export function Money({ amount, currency }: { amount: number; currency: string }) {
  return <span class="number whitespace-nowrap">{money(amount, currency)}</span>
}

const styles = { day, moment, clock, ago }

/** A time as people read it, with the exact one for whoever points at it. */
export function Time({ at, as = 'moment' }: { at: string; as?: keyof typeof styles }) {
  return (
    <time dateTime={at} title={moment(at)}>
      {styles[as](at)}
    </time>
  )
}
