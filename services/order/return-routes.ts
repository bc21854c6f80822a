import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { listOf, page, pageOf } from '#shared/page'
import { IdempotencyHeader, IdParam, t } from '#shared/schema'
import type { OrderService } from './compose'
import type { Buyer } from './database'
import type { ReturnStep } from './domain-returns'
import { NewReturn, ReturnList, ReturnRejection, ReturnView, returnView } from './return-model'

interface StepRequest {
  user: Buyer
  params: { id: number }
  headers: { 'idempotency-key'?: string | undefined }
  set: { status?: unknown; headers: object }
}

export const returnRoutes = ({ http, returns }: Pick<OrderService, 'returns'> & { http: Http }) => {
  const takeStep = async ({ user, params, headers, set }: StepRequest, step: ReturnStep, said: { reason?: string } = {}) => {
    return replyWith(set, await returns.step(params.id, step, user, headers['idempotency-key'], said))
  }

  return http('/api/orders')
    .post(
      '/:id/returns',
      async ({ user, params, body, headers, set }) => {
        return replyWith(set, await returns.request(params.id, user, body, headers['idempotency-key']))
      },
      {
        auth: true,
        params: IdParam,
        headers: IdempotencyHeader,
        body: NewReturn,
        response: { 201: ReturnView },
        problems: ['order_not_found', 'sku_required', 'unknown_line', 'illegal_transition', 'too_many_returned'],
        detail: { operationId: 'requestReturn', summary: 'Ask to return part of a delivered order' },
      },
    )
    .get('/:id/returns', async ({ user, params }) => ({ items: await returns.of(params.id, user) }), {
      auth: true,
      params: IdParam,
      response: { 200: listOf(ReturnView) },
      problems: ['order_not_found'],
      detail: { operationId: 'listOrderReturns', summary: 'The returns of an order' },
    })
    .get('/returns', async ({ user, query }) => page(await returns.list(query, user), query, row => returnView(row, row.currency)), {
      auth: true,
      query: ReturnList,
      response: { 200: pageOf(ReturnView) },
      detail: { operationId: 'listReturns', summary: 'My returns, newest first; an admin sees everybody’s' },
    })
    .get('/returns/:id', ({ user, params }) => returns.byId(params.id, user), {
      auth: true,
      params: IdParam,
      response: { 200: ReturnView },
      problems: ['return_not_found'],
      detail: { operationId: 'getReturn', summary: 'A return' },
    })
    .post('/returns/:id/approve', request => takeStep(request, 'approve'), {
      auth: 'admin',
      params: IdParam,
      headers: IdempotencyHeader,
      response: { 200: ReturnView },
      problems: ['return_not_found', 'illegal_transition'],
      detail: { operationId: 'approveReturn', summary: 'Approve a requested return' },
    })
    .post('/returns/:id/reject', request => takeStep(request, 'reject', request.body ?? {}), {
      auth: 'admin',
      params: IdParam,
      headers: IdempotencyHeader,
      body: t.Optional(ReturnRejection),
      response: { 200: ReturnView },
      problems: ['return_not_found', 'illegal_transition'],
      detail: { operationId: 'rejectReturn', summary: 'Reject a requested return, with the reason that the customer reads' },
    })
    .post('/returns/:id/receive', request => takeStep(request, 'receive'), {
      auth: 'admin',
      params: IdParam,
      headers: IdempotencyHeader,
      response: { 200: ReturnView },
      problems: ['return_not_found', 'illegal_transition'],
      detail: { operationId: 'receiveReturn', summary: 'Receive an approved return: it is restocked, and refunded to the cent' },
    })
}
