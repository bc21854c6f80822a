import { type Http, readBytes } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { page, pageOf } from '#shared/page'
import { IdempotencyHeader, IdParam, t } from '#shared/schema'
import type { NotificationService } from './compose'
import {
  DeliveriesQuery,
  DeliveryDetail,
  DeliveryView,
  deliveryDetail,
  deliveryView,
  ProviderParam,
  ReportAnswer,
  UserParam,
} from './delivery-model'

type Deps = Pick<NotificationService, 'deliveries' | 'reports' | 'suppressions'> & { http: Http }

export const deliveryRoutes = ({ http, deliveries, reports, suppressions }: Deps) =>
  http('/api/notifications')
    .get('/deliveries', async ({ query }) => page(await deliveries.list(query), query, deliveryView), {
      auth: 'admin',
      query: DeliveriesQuery,
      response: { 200: pageOf(DeliveryView) },
      detail: { operationId: 'listDeliveries', summary: 'Mails, SMS and push messages, newest first' },
    })
    .get('/deliveries/:id', async ({ params }) => deliveryDetail(await deliveries.find(params.id)), {
      auth: 'admin',
      params: IdParam,
      response: { 200: DeliveryDetail },
      problems: ['delivery_not_found'],
      detail: {
        operationId: 'getDelivery',
        summary: 'What was sent, and how it went',
        description: 'Links with a secret are hidden, so that only their reader can follow them.',
      },
    })
    .post(
      '/deliveries/:id/resend',
      async ({ user, params, headers, set }) => {
        const scope = `${user.id} POST /api/notifications/deliveries/${params.id}/resend`
        return replyWith(set, await deliveries.resend(params.id, { scope, key: headers['idempotency-key'] }))
      },
      {
        auth: 'admin',
        params: IdParam,
        headers: IdempotencyHeader,
        response: { 202: DeliveryView },
        problems: ['delivery_not_found', 'user_erased'],
        detail: {
          operationId: 'resendDelivery',
          summary: 'Send a message again',
          description:
            'As a new message, to the address that the account has now. What its reader turned off stays unsent, and so does a link that has expired.',
        },
      },
    )
    .delete(
      '/suppressions/:user_id',
      async ({ params, set }) => {
        await suppressions.lift(params.user_id)
        set.status = 204
      },
      {
        auth: 'admin',
        params: UserParam,
        response: { 204: t.Void() },
        detail: {
          operationId: 'liftSuppression',
          summary: 'Send to the addresses of a user again',
          description: 'After a bounce or a complaint, an address gets critical messages only.',
        },
      },
    )
    .post(
      '/webhooks/:provider',
      async ({ params, request, status }) => {
        const settled = await reports.receive(params.provider, await readBytes(request), request.headers)
        return status(settled ? 200 : 202, { received: true, settled })
      },
      {
        signed: true,
        params: ProviderParam,
        response: { 200: ReportAnswer, 202: ReportAnswer },
        problems: ['provider_not_found', 'invalid_signature', 'stale_webhook', 'invalid_webhook'],
        repeats: 'is recognized by the provider’s id of the report',
        detail: {
          operationId: 'receiveDeliveryReports',
          summary: 'Receive the reports of a provider: signed, in any order, any number of times',
          description:
            '202: a report is about a message that is not known yet; it is kept until it is. Each provider signs in its own way; `sandbox` signs by ' +
            '`X-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, at most five minutes old.',
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: { type: 'object' },
                example: { event_id: 'evt_1', provider_id: 'sandbox-email-1', kind: 'bounced', time: '2026-11-29T10:00:00.000Z' },
              },
            },
          },
        },
      },
    )
