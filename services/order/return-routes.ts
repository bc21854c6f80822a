import type { Http } from '#shared/http'
import { IdempotencyHeader, IdParam, t } from '#shared/schema'
import { NewReturn, ReturnView } from './model'
import type { Returning } from './returns'

export const returnRoutes = ({ http, returning }: { http: Http; returning: Returning }) =>
  http('/api/orders')
    .post(
      '/:id/returns',
      async ({ user, params, body, headers, set, status }) => {
        const answer = await returning.request(params.id, user, body, headers['idempotency-key'])
        Object.assign(set.headers, answer.headers)
        return status(201, answer.body)
      },
      {
        auth: true,
        params: IdParam,
        headers: IdempotencyHeader,
        body: NewReturn,
        response: { 201: ReturnView },
        detail: { summary: 'Ask to return some of a delivered order' },
      },
    )
    .get('/:id/returns', async ({ user, params }) => ({ items: await returning.of(params.id, user) }), {
      auth: true,
      params: IdParam,
      response: { 200: t.Object({ items: t.Array(ReturnView) }) },
      detail: { summary: 'The returns of an order' },
    })
    .get('/returns/:id', ({ user, params }) => returning.byId(params.id, user), {
      auth: true,
      params: IdParam,
      response: { 200: ReturnView },
      detail: { summary: 'A return' },
    })
    .post('/returns/:id/approve', ({ params }) => returning.step(params.id, 'approve'), {
      auth: 'admin',
      params: IdParam,
      response: { 200: ReturnView },
      detail: { summary: 'Let a requested return come' },
    })
    .post('/returns/:id/reject', ({ params }) => returning.step(params.id, 'reject'), {
      auth: 'admin',
      params: IdParam,
      response: { 200: ReturnView },
      detail: { summary: 'Refuse a requested return' },
    })
    .post('/returns/:id/receive', ({ params }) => returning.step(params.id, 'receive'), {
      auth: 'admin',
      params: IdParam,
      response: { 200: ReturnView },
      detail: { summary: 'Take in an approved return: restocked, and refunded to the cent' },
    })
