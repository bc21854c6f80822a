import { conflict, invalid, notFound } from '#shared/errors'
import { toMinor } from '#shared/money'
import type { Page, PageQuery } from '#shared/page'
import type { Static } from '#shared/schema'
import { isDuplicate } from '#shared/sql'
import type { RateRow, ShippingDb, ShippingSql } from './database'
import type { NewRate, RateChange } from './tariff-model'

/** 5 kg, where a rate does not say how much its price carries. */
const usualGrams = 5000

const daysInOrder = ({ days_min, days_max }: Pick<RateRow, 'days_min' | 'days_max'>) => {
  if (days_max < days_min) throw invalid('invalid_days', '`days_max` is at least `days_min`.')
}

/** The rate with what is given changed; amounts come in major units of its currency. */
const changed = (before: RateRow, { price, per_kg, free_over, ...rest }: Static<typeof RateChange>): RateRow => ({
  ...before,
  ...rest,
  ...(price !== undefined && { price: toMinor(price, before.currency) }),
  ...(per_kg !== undefined && { per_kg: toMinor(per_kg, before.currency) }),
  ...(free_over !== undefined && { free_over: free_over === null ? null : toMinor(free_over, before.currency) }),
})

const takenOnce = async <T>(write: Promise<T>): Promise<T> =>
  write.catch(error => {
    if (isDuplicate(error)) throw conflict('rate_exists', 'The zone has a rate for this option and currency; change that one.')
    throw error
  })

/** What sending costs, by zone, option and currency, and what a piece weighs. */
export const tariffs = ({ db, transaction }: Pick<ShippingSql, 'db' | 'transaction'>) => ({
  async rates({ skip, limit, zone_id }: PageQuery & { zone_id?: number | undefined }): Promise<Page<RateRow>> {
    const filtered = zone_id === undefined ? db.selectFrom('rates') : db.selectFrom('rates').where('zone_id', '=', zone_id)
    const [items, { total }] = await Promise.all([
      filtered.selectAll().orderBy('id').offset(skip).limit(limit).execute(),
      filtered.select(row => row.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
    ])
    return { items, total: Number(total) }
  },

  addRate({ zone_id, option, currency, price, per_kg = 0, free_over = null, ...rest }: Static<typeof NewRate>): Promise<RateRow> {
    daysInOrder(rest)
    const { included_grams = usualGrams, days_min, days_max } = rest
    const row = {
      zone_id,
      shipping_option: option,
      currency,
      price: toMinor(price, currency),
      included_grams,
      per_kg: toMinor(per_kg, currency),
      free_over: free_over === null ? null : toMinor(free_over, currency),
      days_min,
      days_max,
    }
    return transaction(async trx => {
      // Locked, so that the zone is not deleted just now.
      const zone = await trx.selectFrom('zones').select('id').where('id', '=', zone_id).forUpdate().executeTakeFirst()
      if (!zone) throw notFound('zone')
      const { insertId } = await takenOnce(trx.insertInto('rates').values(row).executeTakeFirstOrThrow())
      return { id: Number(insertId), ...row }
    })
  },

  changeRate: (id: number, change: Static<typeof RateChange>): Promise<RateRow> =>
    transaction(async trx => {
      const before = await trx.selectFrom('rates').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
      if (!before) throw notFound('rate')
      const row = changed(before, change)
      daysInOrder(row)
      const { id: _, ...columns } = row
      await trx.updateTable('rates').set(columns).where('id', '=', id).execute()
      return row
    }),

  async removeRate(id: number): Promise<void> {
    const { numDeletedRows } = await db.deleteFrom('rates').where('id', '=', id).executeTakeFirst()
    if (numDeletedRows === 0n) throw notFound('rate')
  },

  async weights({ skip, limit }: PageQuery): Promise<Page<ShippingDb['weights']>> {
    const [items, { total }] = await Promise.all([
      db.selectFrom('weights').selectAll().orderBy('sku').offset(skip).limit(limit).execute(),
      db
        .selectFrom('weights')
        .select(row => row.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow(),
    ])
    return { items, total: Number(total) }
  },

  async weigh(sku: string, grams: number): Promise<ShippingDb['weights']> {
    await db.insertInto('weights').values({ sku, grams }).onDuplicateKeyUpdate({ grams }).execute()
    return { sku, grams }
  },

  async unweigh(sku: string): Promise<void> {
    const { numDeletedRows } = await db.deleteFrom('weights').where('sku', '=', sku).executeTakeFirst()
    if (numDeletedRows === 0n) throw notFound('weight')
  },
})
export type Tariffs = ReturnType<typeof tariffs>
