import { Amount, Currency, defaultCurrency, toMajor, toMinor } from '#shared/money'
import { PageQuery } from '#shared/page'
import { Address, closed, type Static, Time, t, text } from '#shared/schema'
import type { RateRow } from './database'
import { placeOf, type Quote, quote, type Rate, standard } from './domain'
import type { TaxReport } from './report'

const Country = t.String({ pattern: '^[A-Za-z]{2}$', examples: ['DE'] })
const Region = t.String({ maxLength: 10, pattern: '^[A-Za-z0-9-]*$', examples: ['CA'] })
const Day = t.String({ format: 'date', examples: ['2026-01-01'] })
const Percent = t.Number({ minimum: 0, maximum: 100, description: 'In percent, at most four decimals', examples: [19] })
const category = (example: string) => t.String({ minLength: 1, maxLength: 100, pattern: '\\S', examples: [example] })

export const QuoteBody = closed(
  {
    address: Address,
    currency: t.Optional(Currency),
    lines: t.Array(closed({ amount: Amount, category: t.Optional(category('Books')) }), { minItems: 1, maxItems: 200 }),
    shipping: t.Optional(Amount),
    prices_include_tax: t.Optional(t.Boolean()),
  },
  {
    examples: [
      { address: { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' }, lines: [{ amount: 19.99, category: 'Books' }], shipping: 4.9 },
    ],
  },
)
const Taxed = t.Object({
  category: t.String(),
  rate_ppm: t.Integer({ description: 'Parts per million: 190000 is 19 %' }),
  net: t.Number(),
  tax: t.Number(),
  country: t.Optional(t.String()),
  region: t.Optional(t.String()),
})
export const QuoteView = t.Object({
  currency: t.String(),
  lines: t.Array(Taxed),
  shipping_net: t.Number(),
  shipping_rate_ppm: t.Integer(),
  shipping_tax: t.Number(),
  tax: t.Number(),
})

/** Prices a request with the rates of its place. */
export const quoteView = (body: Static<typeof QuoteBody>, rates: readonly Rate[]): Static<typeof QuoteView> => {
  const { address, currency = defaultCurrency, prices_include_tax: inclusive = false } = body
  const place = placeOf(address)
  const lines = body.lines.map(({ amount, category: name = standard }) => ({ amount: toMinor(amount, currency), category: name }))
  const found: Quote = quote(rates, place, { lines, shipping: toMinor(body.shipping ?? 0, currency), inclusive })
  const where = place ? { country: place.country, ...(place.region && { region: place.region }) } : {}
  return {
    currency,
    lines: found.lines.map(({ net, tax, ...line }) => ({ ...line, net: toMajor(net, currency), tax: toMajor(tax, currency), ...where })),
    shipping_net: toMajor(found.shipping.net, currency),
    shipping_rate_ppm: found.shipping.rate_ppm,
    shipping_tax: toMajor(found.shipping.tax, currency),
    tax: toMajor(found.tax, currency),
  }
}

export const RatesQuery = closed({ ...PageQuery.properties, country: t.Optional(Country), region: t.Optional(Region) })
export const NewRateBody = closed(
  {
    country: Country,
    region: t.Optional(Region),
    category: t.Optional(category(standard)),
    rate: Percent,
    valid_from: Day,
    valid_to: t.Optional(Day),
    source: t.Optional(text(200, 'Federal Ministry of Finance')),
  },
  { examples: [{ country: 'DE', category: 'museum tickets', rate: 7, valid_from: '2026-01-01', source: 'Federal Ministry of Finance' }] },
)
export const RateChange = closed(
  { rate: t.Optional(Percent), valid_to: t.Optional(t.Union([Day, t.Null()])), source: t.Optional(text(200)) },
  { minProperties: 1, examples: [{ valid_to: '2027-01-01' }] },
)
export const RateView = t.Object({
  id: t.Integer(),
  country: t.String(),
  region: t.String({ description: 'Empty for all of the country' }),
  category: t.String(),
  rate: t.Number({ description: 'In percent' }),
  valid_from: t.String(),
  valid_to: t.Union([t.String(), t.Null()]),
  source: t.Union([t.String(), t.Null()]),
})

export const rateView = ({
  id,
  country,
  region,
  category: name,
  rate_ppm,
  valid_from,
  valid_to,
  source,
}: RateRow): Static<typeof RateView> => ({
  id,
  country,
  region,
  category: name,
  rate: rate_ppm / 10_000,
  valid_from,
  valid_to,
  source,
})

export const ReportQuery = closed({ from: Time, to: Time, country: t.Optional(Country) })
export const ReportView = t.Object({
  from: Time,
  to: Time,
  items: t.Array(
    t.Object({
      country: t.String({ description: 'Empty where the address named none' }),
      region: t.String(),
      rate_ppm: t.Integer(),
      currency: t.String(),
      net: t.Number({ description: 'Sold, less what was refunded' }),
      tax: t.Number(),
      refunded_net: t.Number(),
      refunded_tax: t.Number(),
    }),
  ),
})

/** Sales and refunds of one place and rate side by side. */
export const reportItems = (sums: Awaited<ReturnType<TaxReport['between']>>): Static<typeof ReportView>['items'] => {
  const places = new Map<
    string,
    { country: string; region: string; rate_ppm: number; currency: string; sale: [number, number]; refund: [number, number] }
  >()
  for (const { country, region, rate_ppm, currency, kind, net, tax } of sums) {
    const key = `${country} ${region} ${rate_ppm} ${currency}`
    const place = places.get(key) ?? { country, region, rate_ppm, currency, sale: [0, 0], refund: [0, 0] }
    place[kind] = [Number(net), Number(tax)]
    places.set(key, place)
  }
  return [...places.values()].map(({ sale, refund, ...place }) => {
    const money = (minor: number) => toMajor(minor, place.currency)
    return {
      ...place,
      net: money(sale[0] + refund[0]),
      tax: money(sale[1] + refund[1]),
      refunded_net: money(refund[0] === 0 ? 0 : -refund[0]),
      refunded_tax: money(refund[1] === 0 ? 0 : -refund[1]),
    }
  })
}
