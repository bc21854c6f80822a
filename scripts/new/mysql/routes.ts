import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { t } from '#shared/schema'
import type { SampleService } from './compose'
import { NewSample, ProductParam, SampleView, sampleView } from './model'

export const sampleRoutes = ({ http, samples, save }: SampleService & { http: Http }) =>
  http('/api/samples')
    .get('/', async ({ user, query }) => page(await samples.list(user.id, query), query, sampleView), {
      auth: true,
      query: PageQuery,
      response: { 200: pageOf(SampleView) },
      detail: { operationId: 'listSamples', summary: 'My samples, newest first' },
    })
    .post(
      '/',
      async ({ user, body, set, status }) => {
        const saved = await save(user.id, body.product_id, body.note)
        set.headers.location = '/api/samples'
        return status(201, sampleView(saved))
      },
      {
        auth: true,
        body: NewSample,
        response: { 201: SampleView },
        problems: ['product_not_found'],
        repeats: 'gives the same note',
        detail: { operationId: 'saveSample', summary: 'Save a note about a product; saving again changes the note' },
      },
    )
    .delete(
      '/:product_id',
      async ({ user, params, set }) => {
        if (!(await samples.remove(user.id, params.product_id))) throw notFound('favourite')
        set.status = 204
      },
      {
        auth: true,
        params: ProductParam,
        response: { 204: t.Void() },
        problems: ['favourite_not_found'],
        detail: { operationId: 'deleteSample', summary: 'Delete the note about a product' },
      },
    )
