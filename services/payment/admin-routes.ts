import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { idempotently } from '#shared/idempotency'
import { replyWith } from '#shared/idempotency-key'
import { closed, IdempotencyHeader, IdParam, integerText } from '#shared/schema'
import { day, readPeriod } from '#shared/time'
import type { Captures } from './captures'
import type { PaymentSql } from './database'
import { NewRefund, PaymentView, ReconciliationQuery, ReconciliationView, RefundView, refundView } from './model'
import type { Reconcile } from './reconcile'
import type { Refunds } from './refunds'
import type { PaymentRepository } from './repository'
import { requestKeyOf } from './request-key'

const RefundParams = closed({ ...IdParam.properties, refund_id: integerText({ minimum: 1, examples: [1] }) })

interface Deps {
  http: Http
  sql: PaymentSql
  payments: PaymentRepository
  captures: Captures
  refunds: Refunds
  reconcile: Reconcile
  onlineProvider: string
}

interface ActionRequest {
  user: { id: number }
  params: { id: number }
  headers: { 'idempotency-key'?: string | undefined }
  set: { headers: Record<string, string | number> }
}

export const adminRoutes = ({ http, sql, payments, captures, refunds, reconcile, onlineProvider }: Deps) => {
  const act = async ({ user, params, headers, set }: ActionRequest, action: 'capture' | 'void') => {
    const scope = `${user.id} POST /api/payments/${params.id}/${action}`
    const request = { scope, key: headers['idempotency-key'], body: {} }
    return replyWith(set, await idempotently(sql, request, save => captures[action](params.id, save)))
  }

  return http('/api/payments')
    .post('/:id/capture', request => act(request, 'capture'), {
      auth: 'admin',
      params: IdParam,
      headers: IdempotencyHeader,
      response: { 200: PaymentView },
      problems: ['payment_not_found', 'not_capturable', 'payment_in_progress'],
      detail: { operationId: 'capturePayment', summary: 'Capture an authorized payment, or record that a bank transfer has arrived' },
    })
    .post('/:id/void', request => act(request, 'void'), {
      auth: 'admin',
      params: IdParam,
      headers: IdempotencyHeader,
      response: { 200: PaymentView },
      problems: ['payment_not_found', 'not_voidable', 'payment_in_progress'],
      detail: { operationId: 'voidPayment', summary: 'Void a payment that is not captured' },
    })
    .post(
      '/:id/refunds',
      async ({ user, params, body, headers, set }) => {
        const scope = `${user.id} POST /api/payments/${params.id}/refunds`
        const key = headers['idempotency-key']
        const answer = await idempotently(sql, { scope, key, body }, save =>
          refunds.refund(params.id, body, requestKeyOf(scope, key, body), save),
        )
        return replyWith(set, answer)
      },
      {
        auth: 'admin',
        params: IdParam,
        headers: IdempotencyHeader,
        body: NewRefund,
        response: { 201: RefundView },
        problems: ['payment_not_found', 'invalid_amount', 'not_refundable', 'refund_exceeds_captured'],
        detail: { operationId: 'refundPayment', summary: 'Refund a part, or without an amount all that is left' },
      },
    )
    .post(
      '/:id/refunds/:refund_id/retry',
      async ({ user, params, headers, set }) => {
        const scope = `${user.id} POST /api/payments/${params.id}/refunds/${params.refund_id}/retry`
        const key = headers['idempotency-key']
        const answer = await idempotently(sql, { scope, key, body: {} }, save =>
          refunds.retry(params.id, params.refund_id, requestKeyOf(scope, key, {}), save),
        )
        return replyWith(set, answer)
      },
      {
        auth: 'admin',
        params: RefundParams,
        headers: IdempotencyHeader,
        response: { 201: RefundView },
        problems: ['payment_not_found', 'refund_not_found', 'not_retryable', 'refund_exceeds_captured'],
        detail: { operationId: 'retryRefund', summary: 'Try a failed refund again, once its automatic attempts are used up' },
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
        params: RefundParams,
        response: { 200: RefundView },
        problems: ['refund_not_found'],
        detail: { operationId: 'getRefund', summary: 'One refund' },
      },
    )
    .get(
      '/reconciliation',
      ({ query }) => {
        const period = readPeriod(query.from, query.to)
        const to = period.to ?? new Date()
        const from = period.from ?? new Date(to.getTime() - day)
        return reconcile(query.provider ?? onlineProvider, { from, to })
      },
      {
        auth: 'admin',
        query: ReconciliationQuery,
        response: { 200: ReconciliationView },
        problems: ['provider_not_found', 'invalid_period', 'invalid_window', 'window_too_large', 'no_report', 'reconciliation_unfinished'],
        detail: {
          operationId: 'getReconciliation',
          summary: 'Compare our ledger with the provider’s report; without a window, of the last day',
        },
      },
    )
}
