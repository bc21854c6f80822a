import { invalid } from '#shared/errors'
import type { Http } from '#shared/http'
import { page, pageOf } from '#shared/page'
import { IdParam, t } from '#shared/schema'
import { categoryKey, placeOf, standard } from './domain'
import {
  NewRateBody,
  QuoteBody,
  QuoteView,
  quoteView,
  RateChange,
  RatesQuery,
  RateView,
  ReportQuery,
  ReportView,
  rateView,
  reportItems,
} from './model'
import type { TaxReport } from './report'
import type { Rates } from './repository'

export interface TaxDeps {
  http: Http
  rates: Rates
  report: TaxReport
}

/** Percent to parts per million, from the decimal text. */
const ppm = (percent: number): number => {
  const text = percent.toFixed(4)
  if (Number(text) !== percent) throw invalid('invalid_rate', 'A rate has at most four decimals.')
  return Number(text.replace('.', ''))
}
const upper = (text: string | undefined) => text?.toUpperCase()

const period = (valid_from: string, valid_to: string | null | undefined) => {
  if (valid_to && valid_to <= valid_from)
    throw invalid('invalid_period', '`valid_to` is the first day on which the rate no longer holds: after `valid_from`.')
}

const priced = async (rates: Rates, body: typeof QuoteBody.static) => {
  const place = placeOf(body.address)
  return quoteView(body, place ? await rates.holding(place.country, new Date()) : [])
}

export const taxRoutes = ({ http, rates, report }: TaxDeps) =>
  http('/api/tax')
    .post('/quote', ({ body }) => priced(rates, body), {
      public: true,
      body: QuoteBody,
      response: { 200: QuoteView },
      detail: { summary: 'The tax on lines and shipping at an address; free text lies in the default zone, without tax' },
    })
    .get(
      '/rates',
      async ({ query }) => page(await rates.list({ country: upper(query.country), region: upper(query.region) }, query), query, rateView),
      {
        public: true,
        query: RatesQuery,
        response: { 200: pageOf(RateView) },
        detail: { summary: 'Rates by place, with the days between which they hold and where they come from' },
      },
    )
    .post(
      '/rates',
      async ({ body, set, status }) => {
        const { country, region = '', category = standard, rate, valid_from, valid_to = null, source = null } = body
        period(valid_from, valid_to)
        const place = { country: country.toUpperCase(), region: region.toUpperCase(), category: categoryKey(category) }
        const row = await rates.add({ ...place, rate_ppm: ppm(rate), valid_from, valid_to, source })
        set.headers.location = `/api/tax/rates/${row.id}`
        return status(201, rateView(row))
      },
      { auth: 'admin', body: NewRateBody, response: { 201: RateView }, detail: { summary: 'Let a rate hold from a day on' } },
    )
    .patch(
      '/rates/:id',
      async ({ params, body: { rate, ...rest } }) =>
        rateView(await rates.change(params.id, { ...rest, ...(rate !== undefined && { rate_ppm: ppm(rate) }) })),
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
        detail: { summary: 'Remove a rate; orders keep the tax they were priced with' },
      },
    )
    .get(
      '/report',
      async ({ query: { from, to, country } }) => {
        const window = { from: new Date(from), to: new Date(to) }
        if (window.from >= window.to) throw invalid('invalid_window', '`from` must be before `to`.')
        const items = reportItems(await report.between(window.from, window.to, upper(country)))
        return { from: window.from.toISOString(), to: window.to.toISOString(), items }
      },
      {
        auth: 'admin',
        query: ReportQuery,
        response: { 200: ReportView },
        detail: { summary: 'Tax by place and rate from paid orders, less what was refunded' },
      },
    )

export const internalRoutes = ({ http, rates }: TaxDeps) =>
  http('/internal').post('/quotes', ({ body }) => priced(rates, body), {
    internal: ['order', 'cart'],
    body: QuoteBody,
    response: { 200: QuoteView },
    detail: { summary: 'The tax of an order or a cart' },
  })
