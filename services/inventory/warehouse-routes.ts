import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { PageQuery, page, pageOf } from '#shared/page'
import { IdempotencyHeader } from '#shared/schema'
import { WarehouseBody, WarehouseView, warehouseView } from './model'
import type { Warehouses } from './warehouses'

export const warehouseRoutes = ({ http, warehouses }: { http: Http; warehouses: Warehouses }) =>
  http('/api/inventory/warehouses')
    .get('/', async ({ query }) => page(await warehouses.list(query), query, warehouseView), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(WarehouseView) },
      detail: { operationId: 'listWarehouses', summary: 'The warehouses that stock may be in' },
    })
    .post(
      '/',
      async ({ user, body, headers, set }) => {
        const keyed = { scope: `${user.id} POST /api/inventory/warehouses`, key: headers['idempotency-key'] }
        return replyWith(set, await warehouses.add(keyed, body.name))
      },
      {
        auth: 'admin',
        headers: IdempotencyHeader,
        body: WarehouseBody,
        response: { 201: WarehouseView },
        problems: ['warehouse_exists'],
        detail: {
          operationId: 'addWarehouse',
          summary: 'Add a warehouse',
          description: '`main` is there from the start. Stock in any other name is 400 `unknown_warehouse` until it is added.',
        },
      },
    )
    .get('/:name', async ({ params }) => warehouseView(await warehouses.get(params.name)), {
      auth: 'admin',
      params: WarehouseBody,
      response: { 200: WarehouseView },
      problems: ['warehouse_not_found'],
      detail: { operationId: 'getWarehouse', summary: 'One warehouse' },
    })
