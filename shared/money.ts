import { FormatRegistry, Type as t } from '@sinclair/typebox'
import { invalid } from './errors'

/** Inside a service money is an integer of minor units; only the wire has major units. Products use BigInt, since they may exceed 2^53. */

// The currencies in use by ISO 4217. Not from Intl, whose digits come from CLDR: it has 0 where ISO has 2 or 3 (IQD, RSD, LBP).
const codes =
  `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK
  DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
  KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB
  PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD
  TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG`.split(/\s+/)
const withoutDecimals = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ')
const withThree = 'BHD IQD JOD KWD LYD OMR TND'.split(' ')
const decimalsOf = new Map([
  ...codes.map(code => [code, 2] as const),
  ...withoutDecimals.map(code => [code, 0] as const),
  ...withThree.map(code => [code, 3] as const),
])

export const currencies: readonly string[] = codes
export const defaultCurrency = 'USD'

FormatRegistry.Set('currency', code => decimalsOf.has(code))
/** A currency beside an amount on the wire. */
export const Currency = t.String({ format: 'currency', description: 'ISO 4217', examples: ['USD'] })
/** An amount on the wire, in major units. `toMinor` checks it against the decimals of its currency. */
export const Amount = t.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'In major units', examples: [19.99] })

export const currencyDecimals = (currency: string): number => {
  const decimals = decimalsOf.get(currency)
  if (decimals === undefined) throw invalid('invalid_currency', 'The currency must be an ISO 4217 code in use, such as USD.')
  return decimals
}

const tooMuch = () => invalid('invalid_amount', 'The amount is more than can be held exactly: 2^53 - 1 minor units.')

/** Converts back from BigInt; throws for an amount that a number cannot hold exactly. */
const exact = (minor: bigint): number => {
  if (minor > BigInt(Number.MAX_SAFE_INTEGER) || minor < BigInt(Number.MIN_SAFE_INTEGER)) throw tooMuch()
  return Number(minor)
}

const decimalText = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/**
 * Reads an amount from the shortest decimal text of the number, which is what the client wrote: 19.99 is 1999, never 1998.
 * (Above 7e13, adjacent doubles are more than a cent apart; the text still gives the same number.)
 */
export const toMinor = (value: number, currency: string): number => {
  const decimals = currencyDecimals(currency)
  const [, sign, whole, fraction = '', exponent = '0'] = decimalText.exec(String(value)) ?? []
  if (whole === undefined) throw invalid('invalid_amount', 'The amount must be a finite number.')
  const digits = BigInt(whole + fraction)
  const shift = decimals + Number(exponent) - fraction.length
  // The shortest text has no trailing zeros, so any digits left over are decimals that the currency does not have.
  if (shift < 0 && digits !== 0n) throw invalid('invalid_amount', `An amount in ${currency} has at most ${decimals} decimals.`)
  const minor = exact(digits * 10n ** BigInt(Math.max(shift, 0)))
  return sign && minor ? -minor : minor
}

/** The number whose text is this amount, for the wire. */
export const toMajor = (minor: number, currency: string): number => {
  const decimals = currencyDecimals(currency)
  if (!Number.isSafeInteger(minor)) throw tooMuch()
  if (decimals === 0) return minor
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0')
  return Number(`${minor < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`)
}

export const sumOf = (amounts: Iterable<number>): number => {
  let sum = 0n
  for (const amount of amounts) sum += BigInt(amount)
  return exact(sum)
}

/** A unit price times a quantity. */
export const times = (price: number, quantity: number): number => exact(BigInt(price) * BigInt(quantity))

const notNegative = (...amounts: number[]) => {
  for (const amount of amounts) if (!Number.isSafeInteger(amount) || amount < 0) throw tooMuch()
}

/** Shares an amount over lines by weight: largest remainder, ties by line order. No share exceeds its weight unless the total does. */
export const allocate = (total: number, weights: readonly number[]): number[] => {
  notNegative(total, ...weights)
  if (weights.length === 0) {
    if (total === 0) return []
    throw new RangeError('an amount cannot be shared over no lines')
  }
  const worthless = weights.every(weight => weight === 0)
  const parts = weights.map(weight => (worthless ? 1n : BigInt(weight)))
  const whole = parts.reduce((sum, part) => sum + part, 0n)
  const shares = parts.map((part, line) => {
    const product = BigInt(total) * part
    return { line, share: product / whole, rest: product % whole }
  })
  const left = Number(BigInt(total) - shares.reduce((sum, { share }) => sum + share, 0n))
  const byRest = shares.toSorted((a, b) => (a.rest === b.rest ? a.line - b.line : a.rest > b.rest ? -1 : 1))
  for (const entry of byRest.slice(0, left)) entry.share += 1n
  return shares.map(({ share }) => Number(share))
}

const million = 1_000_000n
const halfUp = (dividend: bigint, divisor: bigint) => (dividend * 2n + divisor) / (divisor * 2n)

/** Tax on a net amount at a rate in parts per million, rounded half up. */
export const taxOf = (net: number, ppm: number): number => {
  notNegative(net, ppm)
  return exact(halfUp(BigInt(net) * BigInt(ppm), million))
}

/** The tax included in a price, rounded half up, and the rest. The two always add up to the price. */
export const splitInclusive = (gross: number, ppm: number): { net: number; tax: number } => {
  notNegative(gross, ppm)
  const tax = Number(halfUp(BigInt(gross) * BigInt(ppm), million + BigInt(ppm)))
  return { net: gross - tax, tax }
}

/** The part of an amount that belongs to `part` of `whole` pieces, rounded half up. All pieces together get the whole amount. */
export const cumulativeShare = (amount: number, part: number, whole: number): number => {
  notNegative(amount, part, whole)
  if (part > whole) throw new RangeError('a part is never more than the whole')
  return whole === 0 ? 0 : Number(halfUp(BigInt(amount) * BigInt(part), BigInt(whole)))
}
