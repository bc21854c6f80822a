import { Address, AddressInput, countryCode } from '#shared/address'
import { Amount, Currency, defaultCurrency, toMajor } from '#shared/money'
import { PageQuery } from '#shared/page'
import { closed, Id, integerText, named, oneOf, ProductId, Quantity, Sku, type Static, t, text } from '#shared/schema'
import type { RateRow } from './database'
import { type PricedOption, shippingOptions } from './domain-quotes'

const OptionName = named('ShippingOptionName', oneOf(shippingOptions))
const QuoteItem = named('ShippingQuoteItem', closed({ product_id: ProductId, sku: t.Optional(Sku), quantity: Quantity }))

const quoteFields = {
  items: t.Array(QuoteItem, { minItems: 1, maxItems: 200 }),
  subtotal: t.Optional(t.Number({ ...Amount, description: 'The price of the items after discount, which `free_over` is compared with' })),
  currency: t.Optional(Currency),
}
/** From other services, which pass an address on as it is stored. */
export const InternalQuoteBody = closed({ address: Address, ...quoteFields })
export const QuoteBody = named(
  'ShippingQuoteRequest',
  closed(
    { address: AddressInput, ...quoteFields },
    {
      examples: [
        {
          address: '123 Main St, City',
          items: [{ product_id: '507f1f77bcf86cd799439011', quantity: 2 }],
          subtotal: 3000,
          currency: defaultCurrency,
        },
      ],
    },
  ),
)
const QuotedOption = named(
  'ShippingOption',
  t.Object({
    option: OptionName,
    price: t.Number(),
    currency: Currency,
    days_min: t.Integer(),
    days_max: t.Integer(),
    free_over: t.Union([t.Number(), t.Null()], { description: 'Free from this subtotal on; null for never' }),
  }),
)
export const QuoteView = named(
  'ShippingQuote',
  t.Object({
    options: t.Array(QuotedOption),
    subtotal: t.Union([t.Number({ examples: [3000] }), t.Null()], { description: 'What was counted; null when it is not known' }),
  }),
)

export const quoteView = (priced: readonly PricedOption[], currency: string, subtotal: number | undefined): Static<typeof QuoteView> => ({
  options: priced.map(({ option, price, free_over, days_min, days_max }) => ({
    option,
    price: toMajor(price, currency),
    currency,
    days_min,
    days_max,
    free_over: free_over === null ? null : toMajor(free_over, currency),
  })),
  subtotal: subtotal ?? null,
})

const Countries = t
  .Transform(
    t.Array(t.String({ minLength: 1, maxLength: 60, examples: ['CH'] }), {
      maxItems: 250,
      description: 'ISO 3166 codes or English names; a country is in one zone at most',
    }),
  )
  .Decode(countries => [...new Set(countries.map(countryCode))])
  .Encode(codes => codes)
const ZoneName = text(100, 'The Alps')
export const NewZone = named(
  'NewShippingZone',
  closed({ name: ZoneName, countries: Countries }, { examples: [{ name: 'Oceania', countries: ['AU', 'NZ'] }] }),
)
export const ZoneChange = named(
  'ShippingZoneChange',
  closed({ name: t.Optional(ZoneName), countries: t.Optional(Countries) }, { minProperties: 1, examples: [{ name: 'Oceania' }] }),
)
export const ZoneView = named(
  'ShippingZone',
  t.Object({ id: t.Integer(), name: t.String(), is_default: t.Boolean(), countries: t.Array(t.String()) }),
)

const Grams = t.Integer({ minimum: 0, maximum: 100_000_000, examples: [1000] })
const Days = t.Integer({ minimum: 0, maximum: 365, examples: [3] })
const rateFields = {
  price: Amount,
  included_grams: t.Optional(Grams),
  per_kg: t.Optional(t.Number({ ...Amount, description: 'For each started kilogram above `included_grams`' })),
  free_over: t.Optional(t.Union([Amount, t.Null()], { description: 'Free from this subtotal on; null for never' })),
  days_min: Days,
  days_max: Days,
}
export const NewRate = named(
  'NewShippingRate',
  closed(
    { zone_id: Id, option: OptionName, currency: Currency, ...rateFields },
    { examples: [{ zone_id: 1, option: 'standard', currency: 'CHF', price: 5, free_over: 50, days_min: 3, days_max: 7 }] },
  ),
)
export const RateChange = named(
  'ShippingRateChange',
  closed(
    { ...rateFields, price: t.Optional(Amount), days_min: t.Optional(Days), days_max: t.Optional(Days) },
    { minProperties: 1, examples: [{ price: 6 }] },
  ),
)
export const RatesQuery = closed({ ...PageQuery.properties, zone_id: t.Optional(integerText({ minimum: 1 })) })
export const RateView = named(
  'ShippingRate',
  t.Object({
    id: t.Integer(),
    zone_id: t.Integer(),
    option: OptionName,
    currency: Currency,
    price: t.Number(),
    included_grams: t.Integer(),
    per_kg: t.Number(),
    free_over: t.Union([t.Number(), t.Null()]),
    days_min: t.Integer(),
    days_max: t.Integer(),
  }),
)

export const rateView = ({ shipping_option, currency, price, per_kg, free_over, ...rate }: RateRow): Static<typeof RateView> => ({
  ...rate,
  option: shipping_option,
  currency,
  price: toMajor(price, currency),
  per_kg: toMajor(per_kg, currency),
  free_over: free_over === null ? null : toMajor(free_over, currency),
})

export const SkuParam = closed({ sku: Sku })
export const SetWeight = named('SkuWeightChange', closed({ grams: Grams }, { examples: [{ grams: 1400 }] }))
export const WeightView = named('SkuWeight', t.Object({ sku: t.String(), grams: t.Integer() }))
