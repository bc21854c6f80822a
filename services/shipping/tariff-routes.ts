import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { PageQuery, page, pageOf } from '#shared/page'
import { IdempotencyHeader, IdParam, t } from '#shared/schema'
import type { AddTariffs } from './add-tariffs'
import type { ShippingRates } from './rates'
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
import type { Weights } from './weights'
import type { Zones } from './zones'

interface Deps {
  http: Http
  rates: ShippingRates
  weights: Weights
  zones: Zones
  addTariffs: AddTariffs
}

export const tariffRoutes = ({ http, rates, weights, zones, addTariffs }: Deps) =>
  http('/api/shipping')
    .get('/zones', async ({ query }) => page(await zones.list(query), query, zone => zone), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(ZoneView) },
      detail: { operationId: 'listShippingZones', summary: 'Zones and their countries; all other countries are in the default zone' },
    })
    .post(
      '/zones',
      async ({ user, body, headers, set }) => {
        const keyed = { scope: `${user.id} POST /api/shipping/zones`, key: headers['idempotency-key'] }
        return replyWith(set, await addTariffs.zone(keyed, body))
      },
      {
        auth: 'admin',
        headers: IdempotencyHeader,
        body: NewZone,
        response: { 201: ZoneView },
        problems: ['unknown_country', 'country_taken'],
        detail: {
          operationId: 'addShippingZone',
          summary: 'Add a zone; until it has rates of its own in a currency, those of the default zone apply',
        },
      },
    )
    .get('/zones/:id', ({ params }) => zones.get(params.id), {
      auth: 'admin',
      params: IdParam,
      response: { 200: ZoneView },
      problems: ['zone_not_found'],
      detail: { operationId: 'getShippingZone', summary: 'One zone with its countries' },
    })
    .patch('/zones/:id', ({ params, body }) => zones.change(params.id, body), {
      auth: 'admin',
      params: IdParam,
      body: ZoneChange,
      response: { 200: ZoneView },
      problems: ['zone_not_found', 'unknown_country', 'country_taken', 'default_zone'],
      detail: { operationId: 'updateShippingZone', summary: 'Rename a zone, or replace its countries' },
    })
    .delete(
      '/zones/:id',
      async ({ params, set }) => {
        await zones.remove(params.id)
        set.status = 204
      },
      {
        auth: 'admin',
        params: IdParam,
        response: { 204: t.Void() },
        problems: ['zone_not_found', 'default_zone'],
        detail: { operationId: 'deleteShippingZone', summary: 'Delete a zone with its rates' },
      },
    )
    .get('/rates', async ({ query }) => page(await rates.list(query), query, rateView), {
      auth: 'admin',
      query: RatesQuery,
      response: { 200: pageOf(RateView) },
      detail: { operationId: 'listShippingRates', summary: 'The price of each option, by zone and currency' },
    })
    .post(
      '/rates',
      async ({ user, body, headers, set }) => {
        const keyed = { scope: `${user.id} POST /api/shipping/rates`, key: headers['idempotency-key'] }
        return replyWith(set, await addTariffs.rate(keyed, body))
      },
      {
        auth: 'admin',
        headers: IdempotencyHeader,
        body: NewRate,
        response: { 201: RateView },
        problems: ['zone_not_found', 'invalid_amount', 'invalid_days', 'rate_exists'],
        detail: { operationId: 'addShippingRate', summary: 'Offer an option in a zone and a currency' },
      },
    )
    .get('/rates/:id', async ({ params }) => rateView(await rates.get(params.id)), {
      auth: 'admin',
      params: IdParam,
      response: { 200: RateView },
      problems: ['rate_not_found'],
      detail: { operationId: 'getShippingRate', summary: 'The price of one option' },
    })
    .patch('/rates/:id', async ({ params, body }) => rateView(await rates.change(params.id, body)), {
      auth: 'admin',
      params: IdParam,
      body: RateChange,
      response: { 200: RateView },
      problems: ['rate_not_found', 'invalid_amount', 'invalid_days'],
      detail: { operationId: 'updateShippingRate', summary: 'Change the price of an option' },
    })
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
        detail: { operationId: 'deleteShippingRate', summary: 'Stop offering an option' },
      },
    )
    .get('/weights', async ({ query }) => page(await weights.list(query), query, weight => weight), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(WeightView) },
      detail: { operationId: 'listSkuWeights', summary: 'The weight of one piece, by SKU; a SKU that is not listed weighs 500 g' },
    })
    .put('/weights/:sku', ({ params, body }) => weights.set(params.sku, body.grams), {
      auth: 'admin',
      params: SkuParam,
      body: SetWeight,
      response: { 200: WeightView },
      detail: { operationId: 'setSkuWeight', summary: 'Set the weight of one piece of a SKU' },
    })
    .delete(
      '/weights/:sku',
      async ({ params, set }) => {
        await weights.remove(params.sku)
        set.status = 204
      },
      {
        auth: 'admin',
        params: SkuParam,
        response: { 204: t.Void() },
        problems: ['weight_not_found'],
        detail: { operationId: 'deleteSkuWeight', summary: 'Remove the weight of a SKU, which then weighs 500 g' },
      },
    )
