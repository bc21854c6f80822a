import { invalid } from '#shared/errors'
import type { Http } from '#shared/http'
import { page, pageOf } from '#shared/page'
import { IdParam, t } from '#shared/schema'
import { standardClass } from '#shared/tax-class'
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
  report: TaxReport
}

/** Converted by its decimal text, since floating-point arithmetic would round. */
const partsPerMillion = (percent: number): number => {
  const text = percent.toFixed(4)
  if (Number(text) !== percent) throw invalid('invalid_rate', 'A rate has at most four decimals; round it.')
  return Number(text.replace('.', ''))
}

const requirePeriod = (valid_from: string, valid_to: string | null | undefined) => {
  if (valid_to && valid_to <= valid_from)
    throw invalid('invalid_period', '`valid_to` must be after `valid_from`: it is the first day on which the rate is not valid any more.')
}

export const taxRoutes = ({ http, quoteTax, rates, report }: Deps) =>
  http('/api/tax')
    .post('/quote', ({ body }) => quoteTax(body), {
      public: true,
      body: QuoteBody,
      response: { 200: QuoteView },
      detail: { summary: 'The tax on lines and shipping at an address; a free-text address is not taxed' },
    })
    .get(
      '/rates',
      async ({ query }) =>
        page(await rates.list({ country: query.country?.toUpperCase(), region: query.region?.toUpperCase() }, query), query, rateView),
      {
        public: true,
        query: RatesQuery,
        response: { 200: pageOf(RateView) },
        detail: { summary: 'Rates by place, with the days on which they are valid and their source' },
      },
    )
    .post(
      '/rates',
      async ({ body, set, status }) => {
        const { country, region = '', tax_class = standardClass, rate, valid_from, valid_to = null, source = null } = body
        requirePeriod(valid_from, valid_to)
        const place = { country: country.toUpperCase(), region: region.toUpperCase(), tax_class }
        const row = await rates.add({ ...place, rate_ppm: partsPerMillion(rate), valid_from, valid_to, source })
        set.headers.location = `/api/tax/rates/${row.id}`
        return status(201, rateView(row))
      },
      { auth: 'admin', body: NewRateBody, response: { 201: RateView }, detail: { summary: 'Add a rate that is valid from a day on' } },
    )
    .patch(
      '/rates/:id',
      async ({ params, body: { rate, ...rest } }) =>
        rateView(await rates.change(params.id, { ...rest, ...(rate !== undefined && { rate_ppm: partsPerMillion(rate) }) })),
      { auth: 'admin', params: IdParam, body: RateChange, response: { 200: RateView }, detail: { summary: 'Correct a rate, or end it' } },
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
        detail: { summary: 'Remove a rate; orders keep the tax that they were priced with' },
      },
    )
    .get(
      '/report',
      async ({ query: { from, to, country } }) => {
        const window = { from: new Date(from), to: new Date(to) }
        if (window.from >= window.to) throw invalid('invalid_window', '`from` must be before `to`.')
        const items = reportItems(await report.totals(window.from, window.to, country?.toUpperCase()))
        return { from: window.from.toISOString(), to: window.to.toISOString(), items }
      },
      {
        auth: 'admin',
        query: ReportQuery,
        response: { 200: ReportView },
        detail: { summary: 'Tax by place and rate on paid orders, less refunds' },
      },
    )
