import type { Transaction } from 'kysely'
import { conflict, notFound } from '#shared/errors'
import { cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { remember } from '#shared/remember'
import { t } from '#shared/schema'
import { countCapped, isDuplicate, type Sql } from '#shared/sql'
import { second } from '#shared/time'
import type { RateRow, TaxDb } from './database'
import type { TaxPlace } from './domain'
import { dayAt } from './domain-days'

export type NewRate = Omit<RateRow, 'id'>
type RateChange = Partial<Pick<RateRow, 'rate_ppm' | 'valid_to' | 'source'>>

const columns = ['id', 'country', 'region', 'category as tax_class', 'rate_ppm', 'valid_from', 'valid_to', 'source'] as const

/** How long other instances may use a rate that was changed on this one. */
const rememberedMs = second

/** Where a list continues: the place, class and first day of the last rate. No two rates share them. */
const RateCursor = t.Tuple([t.String(), t.String(), t.String(), t.String()])

const refuseDuplicate = (error: unknown): never => {
  if (isDuplicate(error)) throw conflict('rate_exists', 'This place and tax class has a rate from that day already; change that one.')
  throw error
}

export const taxRateRepository = (sql: Pick<Sql<TaxDb>, 'db' | 'transaction'>) => {
  const { db } = sql
  const ratesOf = async (countries: readonly string[]): Promise<ReadonlyMap<string, RateRow[]>> => {
    const rows = await db.selectFrom('rates').select(columns).where('country', 'in', countries).orderBy('valid_from', 'desc').execute()
    return new Map(countries.map(country => [country, rows.filter(row => row.country === country)]))
  }
  const byCountry = remember(ratesOf, { ms: rememberedMs, most: 1000 })

  const get = async (id: number, trx: Pick<Sql<TaxDb>['db'], 'selectFrom'> = db): Promise<RateRow> => {
    const row = await trx.selectFrom('rates').select(columns).where('id', '=', id).executeTakeFirst()
    if (!row) throw notFound('rate')
    return row
  }

  return {
    get,

    /** The rates of a place's country that are valid on the place's own day, those that began last first. */
    async inForce(place: TaxPlace, at: Date): Promise<RateRow[]> {
      const day = dayAt(place, at)
      const rates = (await byCountry.recent([place.country])).get(place.country) ?? []
      return rates.filter(({ valid_from, valid_to }) => valid_from <= day && (valid_to === null || valid_to > day))
    },

    async list(
      { country, region }: { country?: string | undefined; region?: string | undefined },
      { skip, limit, cursor }: PageQuery,
    ): Promise<Page<RateRow>> {
      let filtered = db.selectFrom('rates')
      if (country !== undefined) filtered = filtered.where('country', '=', country)
      if (region !== undefined) filtered = filtered.where('region', '=', region)
      const ordered = filtered.select(columns).orderBy('country').orderBy('region').orderBy('category').orderBy('valid_from').limit(limit)
      const after = cursor === undefined ? undefined : decodeCursor(cursor, RateCursor)
      const rest = after
        ? ordered
            // Implied by the comparison after it, but only this one is a range of the index.
            .where('country', '>=', after[0])
            .where(({ eb, refTuple, tuple }) => eb(refTuple('country', 'region', 'category', 'valid_from'), '>', tuple(...after)))
        : ordered.offset(skip)
      const [items, total] = await Promise.all([rest.execute(), countCapped(db, filtered)])
      const nextCursor = cursorAfter(items, limit, ({ country, region, tax_class, valid_from }) => [country, region, tax_class, valid_from])
      return { items, total, nextCursor }
    },

    async add(trx: Transaction<TaxDb>, { tax_class, ...rate }: NewRate): Promise<RateRow> {
      const row = { ...rate, category: tax_class }
      const { insertId } = await trx.insertInto('rates').values(row).executeTakeFirstOrThrow().catch(refuseDuplicate)
      return get(Number(insertId), trx)
    },

    /** `check` sees what the rate would become, and may refuse it. */
    async change(id: number, change: RateChange, check: (rate: RateRow) => void): Promise<RateRow> {
      const changed = await sql.transaction(async trx => {
        const row = await trx.selectFrom('rates').select(columns).where('id', '=', id).forUpdate().executeTakeFirst()
        if (!row) throw notFound('rate')
        const next = { ...row, ...change }
        check(next)
        await trx.updateTable('rates').set(change).where('id', '=', id).execute()
        return next
      })
      byCountry.forget()
      return changed
    },

    /** After a change that this repository did not commit itself. */
    forget: byCountry.forget,

    async remove(id: number): Promise<void> {
      await sql.transaction(async trx => {
        const { numDeletedRows } = await trx.deleteFrom('rates').where('id', '=', id).executeTakeFirst()
        if (numDeletedRows === 0n) throw notFound('rate')
      })
      byCountry.forget()
    },
  }
}
export type TaxRates = ReturnType<typeof taxRateRepository>
