import { type Expression, sql as raw, type SqlBool } from 'kysely'
import { countCapped } from '#shared/count'
import { invalid, notFound } from '#shared/errors'
import { requireMatch } from '#shared/etag'
import { cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import type { Sql } from '#shared/sql'
import type { InventoryDb, MovementRow, SkuRow, StockRow } from './database'
import { lockShelves, move, placeIn, saveShelves, type Trx } from './shelves'

export interface Target {
  productId: string
  sku?: string | undefined
  warehouse: string
}
export interface ByHand {
  userId: number
  reason?: string
  headers: Record<string, string | undefined>
}

/** A product of several SKUs has several stocks: the caller says which one is meant. */
const skuOf = async (trx: Trx, { productId, sku }: Target): Promise<string> => {
  const own = await trx
    .selectFrom('skus')
    .select('sku')
    .where('product_id', '=', productId)
    .where('archived', '=', 0)
    .orderBy('sku')
    .limit(2)
    .execute()
  if (sku === undefined && own.length > 1) throw invalid('sku_required', 'This product has several SKUs; say which one by `sku`.')
  const meant =
    sku === undefined
      ? own[0]
      : await trx.selectFrom('skus').select('sku').where('product_id', '=', productId).where('sku', '=', sku).executeTakeFirst()
  if (!meant) throw notFound('stock')
  return meant.sku
}

export const stockRepository = ({ db, transaction }: Pick<Sql<InventoryDb>, 'db' | 'transaction'>) => {
  const change = (
    target: Target,
    { userId, reason, headers }: ByHand,
    kind: 'set' | 'adjusted',
    deltaOf: (quantity: number) => number,
  ): Promise<StockRow> =>
    transaction(async (trx, publish) => {
      const sku = await skuOf(trx, target)
      const shelf = (await lockShelves(trx, [sku])).get(sku)!
      requireMatch(headers, shelf.sku.version)
      const place = await placeIn(trx, shelf, target.warehouse)
      await move(trx, shelf, place, deltaOf(place.quantity), { kind, userId, ...(reason !== undefined && { reason }) })
      await saveShelves(trx, [shelf], publish)
      return trx.selectFrom('stock').selectAll().where('id', '=', place.id).executeTakeFirstOrThrow()
    })

  return {
    set: (target: Target, quantity: number, why: ByHand) => change(target, why, 'set', before => quantity - before),
    adjust: (target: Target, delta: number, why: ByHand) => change(target, why, 'adjusted', () => delta),

    async ofProduct(productId: string): Promise<{ skus: SkuRow[]; places: StockRow[] } | undefined> {
      const [skus, places] = await Promise.all([
        db.selectFrom('skus').selectAll().where('product_id', '=', productId).orderBy('sku').execute(),
        db.selectFrom('stock').selectAll().where('product_id', '=', productId).orderBy('id').execute(),
      ])
      return skus.length > 0 ? { skus, places } : undefined
    },

    /** By product: those without a `sku` asked for mean the product's only one. */
    ofProducts: (productIds: readonly string[]) => db.selectFrom('skus').selectAll().where('product_id', 'in', productIds).execute(),

    async all({ skip, limit, cursor, warehouse }: PageQuery & { warehouse?: string | undefined }): Promise<Page<StockRow>> {
      const filtered = warehouse === undefined ? db.selectFrom('stock') : db.selectFrom('stock').where('warehouse', '=', warehouse)
      const after = cursor === undefined ? 0 : decodeCursor(cursor, t.Tuple([t.Integer()]))[0]
      const [items, total] = await Promise.all([
        filtered
          .selectAll()
          .where('id', '>', after)
          .orderBy('id')
          .offset(cursor === undefined ? skip : 0)
          .limit(limit)
          .execute(),
        countCapped(db, filtered),
      ])
      return { items, total, nextCursor: cursorAfter(items, limit, ({ id }) => [id]) }
    },

    async low({ skip, limit, cursor }: PageQuery): Promise<Page<SkuRow>> {
      const filtered = db.selectFrom('skus').where('low', '=', 1)
      const after = cursor === undefined ? '' : decodeCursor(cursor, t.Tuple([t.String()]))[0]
      const [items, total] = await Promise.all([
        filtered
          .selectAll()
          .where('sku', '>', after)
          .orderBy('sku')
          .offset(cursor === undefined ? skip : 0)
          .limit(limit)
          .execute(),
        countCapped(db, filtered),
      ])
      return { items, total, nextCursor: cursorAfter(items, limit, ({ sku }) => [sku]) }
    },

    async movements(productId: string, { skip, limit, cursor }: PageQuery): Promise<Page<MovementRow>> {
      const filtered = db.selectFrom('movements').where('product_id', '=', productId)
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor, t.Tuple([t.Integer()]))[0]
      const [items, total] = await Promise.all([
        filtered
          .selectAll()
          .where('id', '<', before)
          .orderBy('id', 'desc')
          .offset(cursor === undefined ? skip : 0)
          .limit(limit)
          .execute(),
        countCapped(db, filtered),
      ])
      return { items, total, nextCursor: cursorAfter(items, limit, ({ id }) => [id]) }
    },

    setThreshold: (productId: string, sku: string | undefined, threshold: number): Promise<SkuRow> =>
      transaction(async trx => {
        const meant = await skuOf(trx, { productId, sku, warehouse: '' })
        const low = raw<boolean>`quantity - reserved <= ${threshold}`
        await trx.updateTable('skus').set({ threshold, low }).where('sku', '=', meant).execute()
        return trx.selectFrom('skus').selectAll().where('sku', '=', meant).executeTakeFirstOrThrow()
      }),

    /** Of the SKUs that changed in a window: what is available, and which of them their places, movements or reservations don't explain. */
    async drift(since: Date, until: Date) {
      const sums = (table: 'stock' | 'movements' | 'reservation_lines', column: string, more: Expression<SqlBool> = raw<SqlBool>`true`) =>
        raw<number>`(select coalesce(sum(${raw.ref(column)}), 0) from ${raw.table(table)} as part where part.sku = skus.sku and ${more})`
      const held = raw<SqlBool>`exists (select 1 from reservations where reservations.order_id = part.order_id and reservations.state = 'reserved')`
      const rows = await db
        .selectFrom('skus')
        .select(['sku', 'quantity', 'reserved'])
        .select(sums('stock', 'quantity').as('on_shelves'))
        .select(sums('movements', 'delta').as('moved'))
        .select(sums('reservation_lines', 'quantity', held).as('held'))
        .where('updated_at', '>=', since)
        .where('updated_at', '<', until)
        .orderBy('updated_at')
        .limit(maxDriftRows)
        .execute()
      const broken = rows.filter(
        row => Number(row.on_shelves) !== row.quantity || Number(row.moved) !== row.quantity || Number(row.held) !== row.reserved,
      )
      return {
        movements: { count: broken.length, examples: broken.slice(0, 20).map(({ sku }) => sku) },
        stock: Object.fromEntries(rows.map(({ sku, quantity, reserved }) => [sku, quantity - reserved])),
      }
    },
  }
}
export type Stock = ReturnType<typeof stockRepository>

const maxDriftRows = 5000
