import { notFound } from '#shared/errors'
import { type Http, readBytes } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { IdParam, t } from '#shared/schema'
import {
  Confirmation,
  ConfirmationAnswer,
  ProviderParam,
  TransactionParam,
  WebhookAnswer,
  WebhookEventView,
  webhookEventView,
} from './model'
import { PlainEvent } from './providers/plain-event'
import type { Sandbox } from './providers/sandbox'
import type { Webhooks } from './webhooks'

interface Deps {
  http: Http
  webhooks: Webhooks
  /** Absent unless the sandbox is the provider of cards and wallets. */
  sandbox: Sandbox | undefined
}

export const webhookRoutes = ({ http, webhooks, sandbox }: Deps) =>
  http('/api/payments')
    .post(
      '/webhooks/:provider',
      async ({ params, request, status }) => {
        const state = await webhooks.receive(params.provider, await readBytes(request), request.headers)
        return status(state === 'waiting' ? 202 : 200, { received: true, settled: state === 'settled' })
      },
      {
        signed: true,
        params: ProviderParam,
        response: { 200: WebhookAnswer, 202: WebhookAnswer },
        problems: ['provider_not_found', 'invalid_signature', 'stale_webhook', 'invalid_webhook', 'provider_busy'],
        repeats: 'is recognized by the provider’s id of the event',
        detail: {
          operationId: 'receivePaymentWebhook',
          summary: 'Receive the webhooks of a provider: signed, in any order, any number of times',
          description:
            '202: the payment is not known yet; the event is kept until it is. 200 with `settled: false`: the event reports another amount ' +
            'than its payment, and an administrator has to look at it. Stripe and PayPal sign in their own ways. `sandbox` and ' +
            '`offline` (the bank’s feed) sign by `X-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, at most five ' +
            'minutes old, with SANDBOX_WEBHOOK_SECRET and BANK_WEBHOOK_SECRET.',
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { type: 'object' }, example: PlainEvent.examples?.[0] } },
          },
        },
      },
    )
    .get('/webhook-events', async ({ query }) => page(await webhooks.refused(query), query, webhookEventView), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(WebhookEventView) },
      detail: {
        operationId: 'listRefusedWebhooks',
        summary: 'Webhooks that contradict their payment, oldest first, until they are acknowledged',
      },
    })
    .post(
      '/webhook-events/:id/acknowledge',
      async ({ params, set }) => {
        await webhooks.acknowledge(params.id)
        set.status = 204
      },
      {
        auth: 'admin',
        params: IdParam,
        response: { 204: t.Void() },
        problems: ['webhook_event_not_found'],
        repeats: 'changes nothing',
        detail: { operationId: 'acknowledgeWebhook', summary: 'Note that a refused webhook was looked at: drift lists it no longer' },
      },
    )
    .post(
      '/sandbox/:transaction_id/confirm',
      async ({ params, body, status }) => {
        if (!(await sandbox?.confirm(params.transaction_id, body.outcome === 'success'))) throw notFound('transaction')
        return status(202, { received: true })
      },
      {
        public: true,
        params: TransactionParam,
        body: Confirmation,
        response: { 202: ConfirmationAnswer },
        problems: ['transaction_not_found'],
        repeats: 'changes nothing',
        detail: {
          operationId: 'confirmSandboxPayment',
          summary: 'The page of the customer’s bank in the sandbox: 3-D Secure passed or failed. A webhook follows',
        },
      },
    )
