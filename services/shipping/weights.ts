import { notFound } from '#shared/errors'
import type { Page, PageQuery } from '#shared/page'
import { pageBy } from '#shared/sql'
import type { ShippingSql, Weight } from './database'

/** The weight of one piece of a SKU. */
export const weightRepository = ({ db, transaction }: Pick<ShippingSql, 'db' | 'transaction'>) => ({
  list: (query: PageQuery): Promise<Page<Weight>> => pageBy(db, db.selectFrom('weights').selectAll(), 'sku', query),

  set: (sku: string, grams: number): Promise<Weight> =>
    transaction(async trx => {
      await trx.insertInto('weights').values({ sku, grams }).onDuplicateKeyUpdate({ grams }).execute()
      return { sku, grams }
    }),

  remove: (sku: string): Promise<void> =>
    transaction(async trx => {
      const { numDeletedRows } = await trx.deleteFrom('weights').where('sku', '=', sku).executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('weight')
    }),
})
export type Weights = ReturnType<typeof weightRepository>

/** The weights of the SKUs among these items; one that is not listed has the default weight. */
export const weightsOf = async (db: ShippingSql['db'], items: readonly { sku?: string | undefined }[]): Promise<Map<string, number>> => {
  const skus = [...new Set(items.flatMap(({ sku }) => (sku === undefined ? [] : [sku])))]
  if (skus.length === 0) return new Map()
  const rows = await db.selectFrom('weights').selectAll().where('sku', 'in', skus).execute()
  return new Map(rows.map(({ sku, grams }) => [sku, grams]))
}
