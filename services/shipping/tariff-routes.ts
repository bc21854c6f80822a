import type { Http } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { IdParam, t } from '#shared/schema'
import {
  NewRate,
  NewZone,
  RateChange,
  RatesQuery,
  RateView,
  rateView,
  SetWeight,
  SkuParam,
  WeightView,
  ZoneChange,
  ZoneView,
} from './tariff-model'
import type { Tariffs } from './tariffs'
import type { Zone, Zones } from './zones'

interface Deps {
  http: Http
  tariffs: Tariffs
  zones: Zones
}
const asItIs = <T extends Zone | { sku: string; grams: number }>(item: T) => item

export const tariffRoutes = ({ http, tariffs, zones }: Deps) =>
  http('/api/shipping')
    .get('/zones', async ({ query }) => page(await zones.list(query), query, asItIs), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(ZoneView) },
      detail: { summary: 'Zones and their countries; every other place lies in the default zone' },
    })
    .post(
      '/zones',
      async ({ body: { name, countries }, set, status }) => {
        const zone = await zones.add(name, countries)
        set.headers.location = `/api/shipping/zones/${zone.id}`
        return status(201, zone)
      },
      {
        auth: 'admin',
        body: NewZone,
        response: { 201: ZoneView },
        detail: { summary: 'Make a zone; until it has rates of its own in a currency, those of the default zone hold' },
      },
    )
    .patch('/zones/:id', ({ params, body }) => zones.change(params.id, body), {
      auth: 'admin',
      params: IdParam,
      body: ZoneChange,
      response: { 200: ZoneView },
      detail: { summary: 'Rename a zone, or say which countries lie in it' },
    })
    .delete(
      '/zones/:id',
      async ({ params, set }) => {
        await zones.remove(params.id)
        set.status = 204
      },
      { auth: 'admin', params: IdParam, response: { 204: t.Void() }, detail: { summary: 'Delete a zone with its rates' } },
    )
    .get('/rates', async ({ query }) => page(await tariffs.rates(query), query, rateView), {
      auth: 'admin',
      query: RatesQuery,
      response: { 200: pageOf(RateView) },
      detail: { summary: 'What each option costs, by zone and currency' },
    })
    .post(
      '/rates',
      async ({ body, set, status }) => {
        const rate = await tariffs.addRate(body)
        set.headers.location = `/api/shipping/rates/${rate.id}`
        return status(201, rateView(rate))
      },
      { auth: 'admin', body: NewRate, response: { 201: RateView }, detail: { summary: 'Offer an option in a zone and a currency' } },
    )
    .patch('/rates/:id', async ({ params, body }) => rateView(await tariffs.changeRate(params.id, body)), {
      auth: 'admin',
      params: IdParam,
      body: RateChange,
      response: { 200: RateView },
      detail: { summary: 'Change what an option costs' },
    })
    .delete(
      '/rates/:id',
      async ({ params, set }) => {
        await tariffs.removeRate(params.id)
        set.status = 204
      },
      { auth: 'admin', params: IdParam, response: { 204: t.Void() }, detail: { summary: 'Offer an option no more' } },
    )
    .get('/weights', async ({ query }) => page(await tariffs.weights(query), query, asItIs), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(WeightView) },
      detail: { summary: 'What a piece weighs, by SKU; 500 g where nothing is said' },
    })
    .put('/weights/:sku', ({ params, body }) => tariffs.weigh(params.sku, body.grams), {
      auth: 'admin',
      params: SkuParam,
      body: SetWeight,
      response: { 200: WeightView },
      detail: { summary: 'Say what a piece of a SKU weighs' },
    })
    .delete(
      '/weights/:sku',
      async ({ params, set }) => {
        await tariffs.unweigh(params.sku)
        set.status = 204
      },
      { auth: 'admin', params: SkuParam, response: { 204: t.Void() }, detail: { summary: 'Back to the usual weight' } },
    )
