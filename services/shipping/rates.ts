import { conflict, invalid, notFound } from '#shared/errors'
import { toMinor } from '#shared/money'
import type { Page, PageQuery } from '#shared/page'
import type { Static } from '#shared/schema'
import { isDuplicate, pageBy } from '#shared/sql'
import type { RateRow, ShippingSql, Trx } from './database'
import type { NewRate, RateChange } from './tariff-model'

/** The weight that a price covers when the rate has none. */
const defaultIncludedGrams = 5000

const requireDaysInOrder = ({ days_min, days_max }: Pick<RateRow, 'days_min' | 'days_max'>) => {
  if (days_max < days_min) throw invalid('invalid_days', '`days_max` must not be less than `days_min`.')
}

/** The amounts of a change are in major units of the rate's currency. */
const withChange = (before: RateRow, { price, per_kg, free_over, ...rest }: Static<typeof RateChange>): RateRow => ({
  ...before,
  ...rest,
  ...(price !== undefined && { price: toMinor(price, before.currency) }),
  ...(per_kg !== undefined && { per_kg: toMinor(per_kg, before.currency) }),
  ...(free_over !== undefined && { free_over: free_over === null ? null : toMinor(free_over, before.currency) }),
})

/** The price of shipping, by zone, option and currency. */
export const shippingRateRepository = ({ db, transaction }: Pick<ShippingSql, 'db' | 'transaction'>) => ({
  list({ zone_id, ...query }: PageQuery & { zone_id?: number | undefined }): Promise<Page<RateRow>> {
    const filtered = zone_id === undefined ? db.selectFrom('rates') : db.selectFrom('rates').where('zone_id', '=', zone_id)
    return pageBy(db, filtered.selectAll(), 'id', query)
  },

  async get(id: number): Promise<RateRow> {
    const row = await db.selectFrom('rates').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw notFound('rate')
    return row
  },

  async add(
    trx: Trx,
    { zone_id, option, currency, price, per_kg = 0, free_over = null, ...rest }: Static<typeof NewRate>,
  ): Promise<RateRow> {
    requireDaysInOrder(rest)
    const { included_grams = defaultIncludedGrams, days_min, days_max } = rest
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
    // The lock keeps the zone from being deleted before the rate is stored.
    const zone = await trx.selectFrom('zones').select('id').where('id', '=', zone_id).forUpdate().executeTakeFirst()
    if (!zone) throw notFound('zone')
    const insert = trx.insertInto('rates').values(row).executeTakeFirstOrThrow()
    const { insertId } = await insert.catch(error => {
      if (isDuplicate(error)) throw conflict('rate_exists', 'The zone has a rate for this option and currency; change that one.')
      throw error
    })
    return { id: Number(insertId), ...row }
  },

  change: (id: number, change: Static<typeof RateChange>): Promise<RateRow> =>
    transaction(async trx => {
      const before = await trx.selectFrom('rates').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
      if (!before) throw notFound('rate')
      const row = withChange(before, change)
      requireDaysInOrder(row)
      const { id: _, ...columns } = row
      await trx.updateTable('rates').set(columns).where('id', '=', id).execute()
      return row
    }),

  remove: (id: number): Promise<void> =>
    transaction(async trx => {
      const { numDeletedRows } = await trx.deleteFrom('rates').where('id', '=', id).executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('rate')
    }),
})
export type ShippingRates = ReturnType<typeof shippingRateRepository>
