import { conflict, invalid, notFound } from '#shared/errors'
import { idempotently, type KeyedRequest } from '#shared/idempotency'
import type { Page, PageQuery } from '#shared/page'
import { isDuplicate, pageBy, type Sql } from '#shared/sql'
import type { InventoryDb, Trx, WarehouseRow } from './database'
import { warehouseView } from './model'

/** The warehouses that stock may be in. A typing error opens none: an administrator adds each of them. */
export const warehouseRepository = (sql: Sql<InventoryDb>) => ({
  list: (query: PageQuery): Promise<Page<WarehouseRow>> => pageBy(sql.db, sql.db.selectFrom('warehouses').selectAll(), 'name', query),

  async get(name: string): Promise<WarehouseRow> {
    const row = await sql.db.selectFrom('warehouses').selectAll().where('name', '=', name).executeTakeFirst()
    if (!row) throw notFound('warehouse')
    return row
  },

  add: (keyed: Omit<KeyedRequest, 'body'>, name: string) =>
    // The answer repeats no input in a header, so it names the list.
    idempotently(sql, { ...keyed, body: { name } }, save =>
      sql.transaction(async trx => {
        const row = { name, created_at: new Date() }
        await trx
          .insertInto('warehouses')
          .values(row)
          .execute()
          .catch(error => {
            if (isDuplicate(error)) throw conflict('warehouse_exists', 'There is a warehouse of this name already.')
            throw error
          })
        return save(trx, { status: 201, headers: { location: '/api/inventory/warehouses' }, body: warehouseView(row) })
      }),
    ),
})
export type Warehouses = ReturnType<typeof warehouseRepository>

export const requireWarehouse = async (trx: Trx, name: string): Promise<void> => {
  const known = await trx.selectFrom('warehouses').select('name').where('name', '=', name).executeTakeFirst()
  if (!known) throw invalid('unknown_warehouse', 'There is no warehouse of this name. Add it first, or use one of those that are listed.')
}
