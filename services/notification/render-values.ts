import { LRUCache } from 'lru-cache'
import { currencyDecimals } from '#shared/money'
import type { Language } from './domain'

const locales = { en: 'en-US', ko: 'ko-KR', zh: 'zh-CN', vi: 'vi-VN' } as const satisfies Record<Language, string>
export const isLanguage = (value: unknown): value is Language => typeof value === 'string' && Object.hasOwn(locales, value)

// Making one takes many times as long as using it.
const formats = new LRUCache<string, Intl.NumberFormat | Intl.DateTimeFormat>({ max: 500 })
const remembered = <Format extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => Format): Format => {
  const known = formats.get(key) as Format | undefined
  if (known) return known
  const made = make()
  formats.set(key, made)
  return made
}

const amountAndCurrency = (value: unknown, currency: unknown): [unknown, unknown] => {
  if (typeof value !== 'object' || value === null) return [value, currency]
  const { amount, currency: own } = value as { amount?: unknown; currency?: unknown }
  return [amount, currency ?? own]
}

/**
 * An amount in major units as the language writes it, with the decimals of ISO 4217. It is a number or a decimal text with its currency beside it
 * (`{{ total | money: currency }}`), or a value with both (`{{ total | money }}`).
 */
export const moneyText = (value: unknown, given: unknown, language: Language): string => {
  const [amount, currency] = amountAndCurrency(value, given)
  const isAmount =
    (typeof amount === 'number' && Number.isFinite(amount)) || (typeof amount === 'string' && /^-?\d{1,15}(\.\d{1,9})?$/.test(amount))
  if (!isAmount || typeof currency !== 'string')
    throw new Error('`money` needs an amount and its currency, as in `total | money: currency`')
  const format = remembered(`${language} ${currency}`, () => {
    const decimals = currencyDecimals(currency)
    return new Intl.NumberFormat(locales[language], {
      style: 'currency',
      currency,
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    })
  })
  return format.format(Number(amount))
}

/** An ISO time with its day, as the language writes it. The value `time_zone` names the reader's zone; otherwise it is UTC. */
export const dateText = (value: unknown, language: Language, timeZone: unknown): string => {
  const at = new Date(typeof value === 'string' || typeof value === 'number' || value instanceof Date ? value : Number.NaN)
  if (Number.isNaN(at.getTime())) throw new Error('`date_long` needs a time in ISO 8601, such as 2026-11-29T10:00:00Z')
  const zone = typeof timeZone === 'string' && timeZone !== '' ? timeZone : 'UTC'
  const make = (zone: string) =>
    remembered(
      `${language} @${zone}`,
      () =>
        new Intl.DateTimeFormat(locales[language], {
          year: 'numeric',
          month: 'long',
          day: 'numeric',
          hour: 'numeric',
          minute: '2-digit',
          timeZone: zone,
          timeZoneName: 'short',
        }),
    )
  try {
    return make(zone).format(at)
  } catch {
    // A zone that this machine does not know is no reason to keep a message back.
    return make('UTC').format(at)
  }
}

/** The host of an address, which stands for the shop's name. */
export const hostText = (value: unknown): string => (typeof value === 'string' && URL.canParse(value) ? new URL(value).host : '')
