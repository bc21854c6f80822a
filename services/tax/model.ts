import { AddressInput, addressFields } from '#shared/address'
import { Amount, Currency, toMajor } from '#shared/money'
import { PageQuery } from '#shared/page'
import { closed, named, oneOf, periodFields, type Static, Time, t, text } from '#shared/schema'
import { standardClass, taxClasses } from '#shared/tax-class'
import type { RateRow } from './database'
import type { TaxPlace, TaxQuote } from './domain'
import type { ReportTotal } from './report'

const Country = text(60, 'DE')
const Region = addressFields.region
const Day = t.String({ format: 'date', examples: ['2026-01-01'] })
const Percent = t.Number({ minimum: 0, maximum: 100, description: 'In percent, at most four decimals', examples: [19] })
const TaxClass = named('TaxClass', oneOf(taxClasses, ['standard']))

const QuoteLine = named(
  'TaxQuoteLine',
  closed({
    amount: Amount,
    tax_class: t.Optional(TaxClass),
    category: t.Optional(text(100, 'Novels')),
  }),
)

export const QuoteBody = named(
  'TaxQuoteRequest',
  closed(
    {
      address: AddressInput,
      currency: t.Optional(Currency),
      lines: t.Array(QuoteLine, { minItems: 1, maxItems: 200 }),
      shipping: t.Optional(Amount),
      prices_include_tax: t.Optional(t.Boolean()),
    },
    {
      examples: [
        { address: { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' }, lines: [{ amount: 19.99, tax_class: 'books' }], shipping: 4.9 },
      ],
    },
  ),
)
const Taxed = named(
  'TaxedLine',
  t.Object({
    category: t.String({ examples: ['Novels'] }),
    tax_class: TaxClass,
    rate_ppm: t.Integer({ description: 'Parts per million: 190000 is 19 %', examples: [190_000] }),
    net: t.Number({ examples: [20] }),
    tax: t.Number({ examples: [3.8] }),
    country: t.Optional(t.String({ examples: ['DE'] })),
    region: t.Optional(t.String()),
  }),
)
export const QuoteView = named(
  'TaxQuote',
  t.Object({
    currency: Currency,
    lines: t.Array(Taxed),
    shipping_net: t.Number({ examples: [4.9] }),
    shipping_rate_ppm: t.Integer({ examples: [190_000] }),
    shipping_tax: t.Number({ examples: [0.93] }),
    tax: t.Number({ examples: [4.73] }),
  }),
)

export const quoteView = (quote: TaxQuote, place: TaxPlace | undefined, currency: string): Static<typeof QuoteView> => {
  const where = place ? { country: place.country, ...(place.region && { region: place.region }) } : {}
  return {
    currency,
    lines: quote.lines.map(({ net, tax, ...line }) => ({ ...line, net: toMajor(net, currency), tax: toMajor(tax, currency), ...where })),
    shipping_net: toMajor(quote.shipping.net, currency),
    shipping_rate_ppm: quote.shipping.rate_ppm,
    shipping_tax: toMajor(quote.shipping.tax, currency),
    tax: toMajor(quote.tax, currency),
  }
}

export const RatesQuery = closed({ ...PageQuery.properties, country: t.Optional(Country), region: Region })
export const NewRateBody = named(
  'NewTaxRate',
  closed(
    {
      country: Country,
      region: Region,
      tax_class: t.Optional(TaxClass),
      rate: Percent,
      valid_from: Day,
      valid_to: t.Optional(Day),
      source: t.Optional(text(200, 'Federal Ministry of Finance')),
    },
    { examples: [{ country: 'DE', tax_class: 'newspapers', rate: 7, valid_from: '2026-01-01', source: 'Federal Ministry of Finance' }] },
  ),
)
export const RateChange = named(
  'TaxRateChange',
  closed(
    { rate: t.Optional(Percent), valid_to: t.Optional(t.Union([Day, t.Null()])), source: t.Optional(text(200)) },
    { minProperties: 1, examples: [{ valid_to: '2027-01-01' }] },
  ),
)
export const RateView = named(
  'TaxRate',
  t.Object({
    id: t.Integer(),
    country: t.String({ examples: ['DE'] }),
    region: t.String({ description: 'Empty for the whole country', examples: [''] }),
    tax_class: t.String({ examples: [standardClass] }),
    rate: t.Number({ description: 'In percent', examples: [19] }),
    valid_from: t.String({ examples: ['2026-01-01'] }),
    valid_to: t.Union([t.String({ examples: ['2027-01-01'] }), t.Null()]),
    source: t.Union([t.String({ examples: ['Federal Ministry of Finance'] }), t.Null()]),
  }),
)

export const rateView = ({ id, country, region, tax_class, rate_ppm, valid_from, valid_to, source }: RateRow): Static<typeof RateView> => ({
  id,
  country,
  region,
  tax_class,
  rate: rate_ppm / 10_000,
  valid_from,
  valid_to,
  source,
})

export const mostReportItems = 2000
export const ReportQuery = closed({
  from: periodFields.from,
  to: t.String({ ...periodFields.to, description: `${periodFields.to.description}; a report covers at most 366 days` }),
  country: t.Optional(Country),
})
export const ReportView = named(
  'TaxReport',
  t.Object({
    from: Time,
    to: Time,
    items: t.Array(
      named(
        'TaxReportItem',
        t.Object({
          country: t.String({ description: 'Empty where the address names none', examples: ['DE'] }),
          region: t.String({ examples: [''] }),
          rate_ppm: t.Integer({ examples: [190_000] }),
          currency: Currency,
          net: t.Number({ description: 'Sales less refunds', examples: [1000] }),
          tax: t.Number({ examples: [190] }),
          refunded_net: t.Number({ examples: [100] }),
          refunded_tax: t.Number({ examples: [19] }),
        }),
      ),
    ),
    items_capped: t.Optional(
      t.Literal(true, { description: `There are more than ${mostReportItems} items: ask for one country at a time` }),
    ),
  }),
)

const inOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const byPlaceAndRate = (a: ReportGroup, b: ReportGroup) =>
  inOrder(a.country, b.country) || inOrder(a.region, b.region) || a.rate_ppm - b.rate_ppm || inOrder(a.currency, b.currency)
const zero = { net: 0, tax: 0 }
const sum = (one: typeof zero, two: typeof zero) => ({ net: one.net + two.net, tax: one.tax + two.tax })

/** One item for each place, rate and currency, with its sales and refunds. */
export const reportItems = (totals: readonly ReportTotal[]) => {
  const groups = new Map<string, ReportGroup>()
  for (const { country, region, rate_ppm, currency, kind, net, tax } of totals) {
    const key = `${country} ${region} ${rate_ppm} ${currency}`
    const group = groups.get(key) ?? { country, region, rate_ppm, currency, sale: zero, refund: zero }
    groups.set(key, { ...group, [kind]: sum(group[kind], { net: Number(net), tax: Number(tax) }) })
  }
  const items = [...groups.values()].toSorted(byPlaceAndRate).map(({ sale, refund, ...group }) => {
    const major = (minor: number) => toMajor(minor, group.currency)
    return {
      ...group,
      net: major(sale.net + refund.net),
      tax: major(sale.tax + refund.tax),
      // Subtracted from zero, since -0 is not 0.
      refunded_net: major(0 - refund.net),
      refunded_tax: major(0 - refund.tax),
    }
  })
  return { items: items.slice(0, mostReportItems), ...(items.length > mostReportItems && { items_capped: true as const }) }
}

interface ReportGroup extends Pick<ReportTotal, 'country' | 'region' | 'rate_ppm' | 'currency'> {
  sale: { net: number; tax: number }
  refund: { net: number; tax: number }
}
