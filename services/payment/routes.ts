import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { idempotently } from '#shared/idempotency'
import { replyWith } from '#shared/idempotency-key'
import { listOf, page, pageOf } from '#shared/page'
import { IdempotencyHeader, IdParam } from '#shared/schema'
import type { Captures } from './captures'
import type { PaymentRow, PaymentSql } from './database'
import {
  NewPayment,
  OrderParam,
  OrderPaymentView,
  PaymentQuery,
  PaymentView,
  paymentView,
  RefundView,
  refundView,
  StatusView,
  statusView,
} from './model'
import type { Pay } from './pay'
import type { PaymentRepository } from './repository'
import { requestKeyOf } from './request-key'

interface Viewer {
  id: number
  role: string
}
/** Admins see the payments of all users. */
const ownerOf = ({ id, role }: Viewer) => (role === 'admin' ? undefined : id)

interface Deps {
  http: Http
  sql: PaymentSql
  payments: PaymentRepository
  pay: Pay
  captures: Pick<Captures, 'cancel'>
}

export const paymentRoutes = ({ http, sql, payments, pay, captures }: Deps) => {
  const findVisible = async (user: Viewer, id: number) => {
    const row = await payments.find(id, ownerOf(user))
    if (!row) throw notFound('payment')
    return row
  }

  return http('/api/payments')
    .post(
      '/',
      async ({ user, body, headers, set }) => {
        const scope = `${user.id} POST /api/payments`
        const key = headers['idempotency-key']
        const payer = { id: user.id, isAdmin: user.role === 'admin' }
        return replyWith(set, await idempotently(sql, { scope, key, body }, save => pay(payer, body, requestKeyOf(scope, key, body), save)))
      },
      {
        auth: true,
        headers: IdempotencyHeader,
        body: NewPayment,
        response: { 201: PaymentView },
        problems: [
          'order_not_found',
          'invalid_amount',
          'card_data_refused',
          'amount_mismatch',
          'currency_mismatch',
          'order_not_payable',
          'payment_in_progress',
          'bank_transfer_not_configured',
        ],
        detail: {
          operationId: 'payOrder',
          summary: 'Pay an order',
          description:
            'A refused payment answers 201 with status `failed` and its `reason`; the order may then be paid by a new one. `pending` and ' +
            '`requires_action` are settled later: follow `next_action`, then ask `/status`. Never send card data: `payment_token` is the ' +
            'token that the provider issued for it. Tokens of the sandbox: `tok_success` (as without one), `tok_decline`, ' +
            '`tok_insufficient_funds`, `tok_3ds`, `tok_timeout`, `tok_late_webhook`, `tok_duplicate_webhook`, `tok_authorize`. A provider’s ' +
            '`next_action.url` is a page to visit. The sandbox has no such page: send `POST { "outcome": "success" | "failure" }` to that address.',
        },
      },
    )
    .post(
      '/:id/cancel',
      async ({ user, params, headers, set }) => {
        const { id } = await findVisible(user, params.id)
        const request = { scope: `${user.id} POST /api/payments/${id}/cancel`, key: headers['idempotency-key'], body: {} }
        return replyWith(set, await idempotently(sql, request, save => captures.cancel(id, save)))
      },
      {
        auth: true,
        params: IdParam,
        headers: IdempotencyHeader,
        response: { 200: PaymentView },
        problems: ['payment_not_found', 'not_cancellable', 'payment_in_progress'],
        detail: {
          operationId: 'cancelPayment',
          summary: 'Give up a payment that waits for its customer, to pay in another way',
          description:
            'For a payment in `requires_action`, or a bank transfer that has not arrived. Look at the `status` of the answer: `voided` is ' +
            'done; `completed` means that the bank confirmed first; any other means that the provider has not answered yet, and the payment ' +
            'is voided once it does. May be repeated. Money that arrives later pays the order, or goes back if something else has paid it.',
        },
      },
    )
    .get('/', async ({ user, query }) => page(await payments.list({ ...query, userId: ownerOf(user) }, query), query, paymentView), {
      auth: true,
      query: PaymentQuery,
      response: { 200: pageOf(PaymentView) },
      detail: { operationId: 'listPayments', summary: 'My payments, newest first; an admin sees all' },
    })
    .get('/:id', async ({ user, params }) => paymentView(await findVisible(user, params.id)), {
      auth: true,
      params: IdParam,
      response: { 200: PaymentView },
      problems: ['payment_not_found'],
      detail: { operationId: 'getPayment', summary: 'One payment' },
    })
    .get('/:id/status', async ({ user, params }) => statusView(await findVisible(user, params.id)), {
      auth: true,
      params: IdParam,
      response: { 200: StatusView },
      problems: ['payment_not_found'],
      detail: { operationId: 'getPaymentStatus', summary: 'The status of a payment' },
    })
    .get(
      '/order/:order_id',
      async ({ user, params }) => {
        const attempts = await payments.ofOrder(params.order_id, ownerOf(user))
        // The live payment counts; without one, what took money after it had failed, else the last attempt.
        const isLive = ({ live_order_id }: PaymentRow) => live_order_id !== null
        const current = attempts.find(isLive) ?? attempts.find(({ captured_at }) => captured_at !== null) ?? attempts[0]
        if (!current) throw notFound('payment')
        return { ...paymentView(current), attempts: attempts.map(paymentView) }
      },
      {
        auth: true,
        params: OrderParam,
        response: { 200: OrderPaymentView },
        problems: ['payment_not_found'],
        detail: { operationId: 'getOrderPayment', summary: 'The payment of an order, with every attempt' },
      },
    )
    .get(
      '/:id/refunds',
      async ({ user, params }) => {
        const payment = await findVisible(user, params.id)
        const refunds = await payments.refundsOf(params.id)
        return { items: refunds.map(row => refundView(row, payment.currency)) }
      },
      {
        auth: true,
        params: IdParam,
        response: { 200: listOf(RefundView) },
        problems: ['payment_not_found'],
        detail: { operationId: 'listRefunds', summary: 'The refunds of a payment, newest first' },
      },
    )
}
