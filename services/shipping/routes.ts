import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { eventStream, eventStreamDetail, versionFromHeader } from '#shared/live-streams'
import { page, pageOf } from '#shared/page'
import { IdempotencyHeader, IdParam } from '#shared/schema'
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
import type { QuoteItems } from './quote-shipping'
import type { Shipments } from './repository'
import type { ShipLines } from './ship-lines'
import type { ShipmentSteps } from './shipment-steps'
import type { ShipmentStreams } from './shipment-streams'
import { QuoteBody, QuoteView } from './tariff-model'

interface Deps {
  http: Http
  quoteItems: QuoteItems
  shipments: Shipments
  shipLines: ShipLines
  steps: ShipmentSteps
  streams: ShipmentStreams
}

export const shippingRoutes = ({ http, quoteItems, shipments, shipLines, steps, streams }: Deps) =>
  http('/api/shipping')
    .post('/quotes', ({ body }) => quoteItems(body), {
      public: true,
      body: QuoteBody,
      response: { 200: QuoteView },
      problems: ['invalid_amount', 'no_rate_for_currency'],
      repeats: 'changes nothing',
      detail: {
        operationId: 'quoteShipping',
        summary: 'What shipping costs and how long it takes',
        description: [
          'A free-text address, or a country without a zone, has the prices of the default zone. A currency without rates is 409 `no_rate_for_currency`.',
          'Without `subtotal`, the items count at the prices that the catalog has now. If `currency` is missing as well, the quote is in the currency of these prices.',
          'The answer says which subtotal was counted. It is null while the catalog does not answer, or where its prices are in another currency; then `free_over` makes nothing free.',
        ].join(' '),
      },
    })
    .get('/track/:tracking_number', async ({ params }) => trackView(await shipments.byTrackingNumber(params.tracking_number)), {
      public: true,
      params: TrackingParam,
      response: { 200: TrackView },
      problems: ['shipment_not_found'],
      detail: { operationId: 'trackShipment', summary: 'The status of a shipment, for everyone with its tracking number' },
    })
    .get('/shipments', async ({ user, query }) => page(await shipments.list(user, query), query, shipmentView), {
      auth: true,
      query: ShipmentsQuery,
      response: { 200: pageOf(ShipmentView) },
      detail: { operationId: 'listShipments', summary: 'My shipments, newest first; an admin sees all' },
    })
    .post(
      '/shipments',
      async ({ user, body, headers, set }) => {
        const keyed = { scope: `${user.id} POST /api/shipping/shipments`, key: headers['idempotency-key'] }
        return replyWith(set, await shipLines(keyed, body))
      },
      {
        auth: 'admin',
        headers: IdempotencyHeader,
        body: NewShipment,
        response: { 201: ShipmentView },
        problems: [
          'order_not_found',
          'sku_required',
          'unknown_line',
          'order_cancelled',
          'order_not_ready',
          'nothing_left',
          'over_shipped',
          'several_warehouses',
          'carrier_not_configured',
        ],
        detail: {
          operationId: 'createShipment',
          summary: 'Ship what is left of an order, or a part of it',
          description:
            'A paid order gets one shipment for each warehouse automatically. Lines that you name move out of those that have not left into a new one; without `lines`, the new one takes what is in none, such as the lines of a shipment that failed before pick-up.',
        },
      },
    )
    .get('/shipments/:id', async ({ user, params }) => shipmentDetail(await shipments.withSteps(user, params.id)), {
      auth: true,
      params: IdParam,
      response: { 200: ShipmentDetail },
      problems: ['shipment_not_found'],
      detail: { operationId: 'getShipment', summary: 'One shipment, with its address and its history' },
    })
    .post(
      '/shipments/:id/events',
      async ({ user, params: { id }, body, headers, set }) => {
        const keyed = { scope: `${user.id} POST /api/shipping/shipments/${id}/events`, key: headers['idempotency-key'] }
        return replyWith(set, await steps.recordOnce(keyed, id, body.status))
      },
      {
        auth: 'admin',
        params: IdParam,
        headers: IdempotencyHeader,
        body: NewStep,
        response: { 200: ShipmentView },
        problems: ['shipment_not_found', 'illegal_transition'],
        detail: {
          operationId: 'recordShipmentStep',
          summary: 'Record the next step of a shipment',
          description:
            'created → picked_up → in_transit → delivered; `in_transit` may be skipped, and `failed` is possible until delivery. What was picked up may come back instead: `returned`. ' +
            'What failed after that may still be `delivered` or `returned`. Any other step is 409 `illegal_transition`.',
        },
      },
    )
    .post('/shipments/:id/ready', async ({ params }) => shipmentView(await steps.ready(params.id)), {
      auth: 'admin',
      params: IdParam,
      response: { 200: ShipmentView },
      problems: ['shipment_not_found', 'not_for_pickup', 'illegal_transition'],
      repeats: 'changes nothing',
      detail: {
        operationId: 'readyShipment',
        summary: 'A shipment is packed, and its buyer can collect it',
        description:
          'Its buyer is told once. It is for shipments of the option `pickup` that are `created`: any other status is 409 `illegal_transition`, and one that a carrier takes is 409 `not_for_pickup`.',
      },
    })
    .get(
      '/shipments/:id/stream',
      async ({ user, params, headers, request }) => {
        const shipment = await shipments.get(user, params.id)
        const after = versionFromHeader(headers['last-event-id']) ?? shipment.version - 1
        return eventStream(request.method === 'HEAD' ? null : streams.open(shipment, { user, after }))
      },
      {
        auth: true,
        params: IdParam,
        problems: ['shipment_not_found', 'too_many_streams'],
        detail: {
          ...eventStreamDetail('Server-sent events with the status as data and the version as id'),
          operationId: 'streamShipment',
          summary: 'A shipment live: its status at once, then every change',
          description:
            'With `Last-Event-ID`, the stream starts after that event. A comment every 15 seconds keeps it alive; it ends with the access token.',
        },
      },
    )
