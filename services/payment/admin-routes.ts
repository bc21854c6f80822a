import { notFound } from '#shared/errors'
import { idempotently } from '#shared/idempotency'
import { closed, IdempotencyHeader, IdParam, integerText } from '#shared/schema'
import type { CaptureDesk } from './capture'
import { NewRefund, PaymentView, paymentView, ReconciliationQuery, ReconciliationView, RefundView, refundView } from './model'
import { requestKeyOf } from './pay'
import type { Reconciliation } from './reconcile'
import type { RefundDesk } from './refunds'
import type { PaymentDeps } from './routes'

export interface AdminDeps extends PaymentDeps {
  captures: CaptureDesk
  refunds: RefundDesk
  reconcile: Reconciliation
  /** Whose report is meant when none is named. */
  provider: string
}
const dayMs = 86_400_000

export const adminRoutes = ({ http, sql, payments, captures, refunds, reconcile, provider: usual }: AdminDeps) =>
  http('/api/payments')
    .post('/:id/capture', async ({ params }) => paymentView(await captures.capture(params.id)), {
      auth: 'admin',
      params: IdParam,
      response: { 200: PaymentView },
      detail: { summary: 'Take the money of an authorized payment, or note that a transfer has come in' },
    })
    .post('/:id/void', async ({ params }) => paymentView(await captures.void(params.id)), {
      auth: 'admin',
      params: IdParam,
      response: { 200: PaymentView },
      detail: { summary: 'Let go of a payment that is not captured' },
    })
    .post(
      '/:id/refunds',
      async ({ user, params, body, headers, set, status }) => {
        const scope = `${user.id} POST /api/payments/${params.id}/refunds`
        const key = headers['idempotency-key']
        const answer = await idempotently(sql, { scope, key, body }, save =>
          refunds.refund(params.id, body, requestKeyOf(scope, key, body), save),
        )
        Object.assign(set.headers, answer.headers)
        return status(201, answer.body)
      },
      {
        auth: 'admin',
        params: IdParam,
        headers: IdempotencyHeader,
        body: NewRefund,
        response: { 201: RefundView },
        detail: { summary: 'Give money back: a part, or without an amount all that is left' },
      },
    )
    .get(
      '/:id/refunds/:refund_id',
      async ({ params }) => {
        const [payment, refund] = await Promise.all([payments.find(params.id), payments.refund(params.id, params.refund_id)])
        if (!payment || !refund) throw notFound('refund')
        return refundView(refund, payment.currency)
      },
      {
        auth: 'admin',
        params: closed({ ...IdParam.properties, refund_id: integerText({ minimum: 1, examples: [1] }) }),
        response: { 200: RefundView },
        detail: { summary: 'One refund' },
      },
    )
    .get(
      '/reconciliation',
      ({ query }) => {
        const to = query.to === undefined ? new Date() : new Date(query.to)
        const from = query.from === undefined ? new Date(to.getTime() - dayMs) : new Date(query.from)
        return reconcile(query.provider ?? usual, { from, to })
      },
      {
        auth: 'admin',
        query: ReconciliationQuery,
        response: { 200: ReconciliationView },
        detail: { summary: 'Our books beside the provider’s report; the last day when no window is named' },
      },
    )
