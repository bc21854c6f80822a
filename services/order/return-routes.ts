import type { Http } from '#shared/http'
import { IdempotencyHeader, IdParam, t } from '#shared/schema'
import type { OrderService } from './compose'
import { NewReturn, ReturnView } from './return-model'

export const returnRoutes = ({ http, returns }: Pick<OrderService, 'returns'> & { http: Http }) =>
  http('/api/orders')
    .post(
      '/:id/returns',
      async ({ user, params, body, headers, set, status }) => {
        const answer = await returns.request(params.id, user, body, headers['idempotency-key'])
        Object.assign(set.headers, answer.headers)
        return status(201, answer.body)
      },
      {
        auth: true,
        params: IdParam,
        headers: IdempotencyHeader,
        body: NewReturn,
        response: { 201: ReturnView },
        detail: { summary: 'Ask to return part of a delivered order' },
      },
    )
    .get('/:id/returns', async ({ user, params }) => ({ items: await returns.of(params.id, user) }), {
      auth: true,
      params: IdParam,
      response: { 200: t.Object({ items: t.Array(ReturnView) }) },
      detail: { summary: 'The returns of an order' },
    })
    .get('/returns/:id', ({ user, params }) => returns.byId(params.id, user), {
      auth: true,
      params: IdParam,
      response: { 200: ReturnView },
      detail: { summary: 'A return' },
    })
    .post('/returns/:id/approve', ({ params }) => returns.step(params.id, 'approve'), {
      auth: 'admin',
      params: IdParam,
      response: { 200: ReturnView },
      detail: { summary: 'Approve a requested return' },
    })
    .post('/returns/:id/reject', ({ params }) => returns.step(params.id, 'reject'), {
      auth: 'admin',
      params: IdParam,
      response: { 200: ReturnView },
      detail: { summary: 'Reject a requested return' },
    })
    .post('/returns/:id/receive', ({ params }) => returns.step(params.id, 'receive'), {
      auth: 'admin',
      params: IdParam,
      response: { 200: ReturnView },
      detail: { summary: 'Receive an approved return: it is restocked, and refunded to the cent' },
    })
