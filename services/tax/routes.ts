import { countryCode, regionCode } from '#shared/address'
import { invalid } from '#shared/errors'
import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { page, pageOf } from '#shared/page'
import { IdempotencyHeader, IdParam, t } from '#shared/schema'
import { standardClass } from '#shared/tax-class'
import { day, isDay, readPeriod } from '#shared/time'
import type { AddRate } from './add-rate'
import { isRegionCode, taxPlace } from './domain'
import {
  NewRateBody,
  QuoteBody,
  QuoteView,
  RateChange,
  RatesQuery,
  RateView,
  ReportQuery,
  ReportView,
  rateView,
  reportItems,
} from './model'
import type { QuoteTax } from './quote-tax'
import type { TaxReport } from './report'
import type { TaxRates } from './repository'

interface Deps {
  http: Http
  quoteTax: QuoteTax
  rates: TaxRates
  addRate: AddRate
  report: TaxReport
}

/** Converted by its decimal text, since floating-point arithmetic would round. */
const partsPerMillion = (percent: number): number => {
  const text = percent.toFixed(4)
  if (Number(text) !== percent) throw invalid('invalid_rate', 'A rate has at most four decimals; round it.')
  return Number(text.replace('.', ''))
}

const requirePeriod = ({ valid_from, valid_to }: { valid_from: string; valid_to: string | null }) => {
  if (!isDay(valid_from) || (valid_to && !isDay(valid_to)))
    throw invalid('invalid_period', '`valid_from` and `valid_to` must be days of the calendar, such as 2026-01-31.')
  if (valid_to && valid_to <= valid_from)
    throw invalid('invalid_period', '`valid_to` must be after `valid_from`: it is the first day on which the rate is not valid any more.')
}

/** The place of a rate: a whole country, or one region by its code. */
const ratePlace = ({ country, region }: { country: string; region?: string | undefined }) => {
  const code = countryCode(country)
  const place = taxPlace({ country: code, region: region === undefined ? '' : regionCode(code, region) })
  if (region !== undefined && !isRegionCode(place.region))
    throw invalid(
      'unknown_region',
      'The region must be its ISO 3166-2 code, such as CN for the Canary Islands; leave it out for the whole country.',
    )
  return place
}

const longestReportMs = 366 * day
const reportWindow = (query: { from: string; to: string }) => {
  const { from, to } = readPeriod(query.from, query.to)
  if (!(from < to) || to.getTime() - from.getTime() > longestReportMs)
    throw invalid('invalid_window', '`from` must be before `to`, by at most 366 days.')
  return { from, to }
}

export const taxRoutes = ({ http, quoteTax, rates, addRate, report }: Deps) =>
  http('/api/tax')
    .post('/quote', ({ body }) => quoteTax(body), {
      public: true,
      body: QuoteBody,
      response: { 200: QuoteView },
      problems: ['invalid_amount'],
      repeats: 'changes nothing',
      detail: { operationId: 'quoteTax', summary: 'The tax on lines and shipping at an address; a free-text address is not taxed' },
    })
    .get(
      '/rates',
      async ({ query }) => {
        const { country, region } = query
        const place = country === undefined ? {} : region === undefined ? { country: countryCode(country) } : ratePlace({ country, region })
        return page(await rates.list(place, query), query, rateView)
      },
      {
        public: true,
        query: RatesQuery,
        response: { 200: pageOf(RateView) },
        problems: ['unknown_country', 'unknown_region', 'region_required'],
        detail: { operationId: 'listTaxRates', summary: 'Rates by place, with the days on which they are valid and their source' },
      },
    )
    .get('/rates/:id', async ({ params }) => rateView(await rates.get(params.id)), {
      public: true,
      params: IdParam,
      response: { 200: RateView },
      problems: ['rate_not_found'],
      detail: { operationId: 'getTaxRate', summary: 'One rate' },
    })
    .post(
      '/rates',
      async ({ body, user, headers, set }) => {
        const { country, region, tax_class = standardClass, rate, valid_from, valid_to = null, source = null } = body
        requirePeriod({ valid_from, valid_to })
        const answer = await addRate(
          { scope: `${user.id} POST /api/tax/rates`, key: headers['idempotency-key'], body },
          { ...ratePlace({ country, region }), tax_class, rate_ppm: partsPerMillion(rate), valid_from, valid_to, source },
        )
        return replyWith(set, answer)
      },
      {
        auth: 'admin',
        headers: IdempotencyHeader,
        body: NewRateBody,
        response: { 201: RateView },
        problems: ['invalid_rate', 'invalid_period', 'unknown_country', 'unknown_region', 'region_required', 'rate_exists'],
        detail: { operationId: 'addTaxRate', summary: 'Add a rate that is valid from a day on, which begins at midnight at its place' },
      },
    )
    .patch(
      '/rates/:id',
      async ({ params, body: { rate, ...rest } }) => {
        const change = { ...rest, ...(rate !== undefined && { rate_ppm: partsPerMillion(rate) }) }
        return rateView(await rates.change(params.id, change, requirePeriod))
      },
      {
        auth: 'admin',
        params: IdParam,
        body: RateChange,
        response: { 200: RateView },
        problems: ['rate_not_found', 'invalid_rate', 'invalid_period', 'rate_exists'],
        detail: { operationId: 'updateTaxRate', summary: 'Correct a rate, or end it' },
      },
    )
    .delete(
      '/rates/:id',
      async ({ params, set }) => {
        await rates.remove(params.id)
        set.status = 204
      },
      {
        auth: 'admin',
        params: IdParam,
        response: { 204: t.Void() },
        problems: ['rate_not_found'],
        detail: { operationId: 'deleteTaxRate', summary: 'Remove a rate; orders keep the tax that they were priced with' },
      },
    )
    .get(
      '/report',
      async ({ query }) => {
        const { from, to } = reportWindow(query)
        const country = query.country === undefined ? undefined : countryCode(query.country)
        return { from: from.toISOString(), to: to.toISOString(), ...reportItems(await report.totals(from, to, country)) }
      },
      {
        auth: 'admin',
        query: ReportQuery,
        response: { 200: ReportView },
        problems: ['invalid_period', 'invalid_window', 'unknown_country'],
        detail: { operationId: 'getTaxReport', summary: 'Tax by place and rate on paid orders, less refunds' },
      },
    )
