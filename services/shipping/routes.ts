import type { Http } from '#shared/http'
import { page, pageOf } from '#shared/page'
import { IdempotencyHeader, IdParam, t } from '#shared/schema'
import type { Dispatch } from './dispatch'
import { type LiveParcels, lastSeenOf } from './live'
import {
  NewShipment,
  NewStep,
  ShipmentDetail,
  ShipmentsQuery,
  ShipmentView,
  shipmentDetail,
  shipmentView,
  TrackingParam,
  TrackView,
  trackView,
} from './model'
import type { Progress } from './progress'
import type { Quotes } from './quotes'
import type { Shipments } from './repository'
import { QuoteBody, QuoteView } from './tariff-model'

interface Deps {
  http: Http
  quotes: Quotes
  shipments: Shipments
  dispatch: Dispatch
  progress: Progress
  live: LiveParcels
}

export const shippingRoutes = ({ http, quotes, shipments, dispatch, progress, live }: Deps) =>
  http('/api/shipping')
    .post('/quotes', ({ body }) => quotes(body), {
      public: true,
      body: QuoteBody,
      response: { 200: QuoteView },
      detail: {
        summary: 'What sending costs and how long it takes',
        description:
          'Free text and countries without a zone are priced in the default zone. A currency without rates is 409 `no_rate_for_currency`.',
      },
    })
    .get('/track/:tracking_number', async ({ params }) => trackView(await shipments.tracked(params.tracking_number)), {
      public: true,
      params: TrackingParam,
      response: { 200: TrackView },
      detail: { summary: 'Where a parcel is, for whoever has its number' },
    })
    .get('/shipments', async ({ user, query }) => page(await shipments.list(user, query), query, shipmentView), {
      auth: true,
      query: ShipmentsQuery,
      response: { 200: pageOf(ShipmentView) },
      detail: { summary: 'My parcels, newest first; an admin sees all' },
    })
    .post(
      '/shipments',
      async ({ user, body, headers, set, status }) => {
        const request = { scope: `${user.id} POST /api/shipping/shipments`, key: headers['idempotency-key'] }
        const answer = await dispatch.byHand(request, body)
        Object.assign(set.headers, answer.headers)
        return status(201, answer.body)
      },
      {
        auth: 'admin',
        headers: IdempotencyHeader,
        body: NewShipment,
        response: { 201: ShipmentView },
        detail: {
          summary: 'Send what is left of an order, or a part of it',
          description:
            'A paid order gets one parcel with all of its lines by itself. To send it in parts, let that one fail before it is picked up: what was in a failed parcel is left to send again.',
        },
      },
    )
    .get('/shipments/:id', async ({ user, params }) => shipmentDetail(await shipments.one(user, params.id)), {
      auth: true,
      params: IdParam,
      response: { 200: ShipmentDetail },
      detail: { summary: 'One parcel, with all that happened to it' },
    })
    .post('/shipments/:id/events', async ({ params, body }) => shipmentView(await progress.report(params.id, body.status)), {
      auth: 'admin',
      params: IdParam,
      body: NewStep,
      response: { 200: ShipmentView },
      detail: {
        summary: 'Say what happened to a parcel',
        description:
          'created → picked_up → in_transit → delivered; `in_transit` may be skipped, `failed` is possible until delivery. Else 409 `illegal_transition`.',
      },
    })
    .get(
      '/shipments/:id/stream',
      async ({ user, params, headers, request }) => {
        const parcel = await shipments.visible(user, params.id)
        // To answer HEAD, Elysia reads the whole body of the same GET: this one has no end.
        const body = request.method === 'HEAD' ? null : live.watch(parcel, { user, lastSeen: lastSeenOf(headers['last-event-id']) })
        return new Response(body, {
          headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
        })
      },
      {
        auth: true,
        params: IdParam,
        response: t.Unknown({ type: 'string', description: 'Server-sent events, each with the status, the version as its id' }),
        detail: {
          summary: 'A parcel live: its state at once, then every change',
          description:
            '`Last-Event-ID` gives what came after that one. A comment every 15 seconds shows that the stream lives; it ends with the access token.',
        },
      },
    )
