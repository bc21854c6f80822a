import { conflict, notFound } from '#shared/errors'
import type { Page, PageQuery } from '#shared/page'
import { remember } from '#shared/remember'
import { isDuplicate, type Sql } from '#shared/sql'
import { second } from '#shared/time'
import type { RateRow, TaxDb } from './database'

type NewRate = Omit<RateRow, 'id'>
type RateChange = Partial<Pick<RateRow, 'rate_ppm' | 'valid_to' | 'source'>>

const columns = ['id', 'country', 'region', 'category as tax_class', 'rate_ppm', 'valid_from', 'valid_to', 'source'] as const

/** How long other instances may use a rate that was changed on this one. */
const rememberedMs = second

const refuseDuplicate = (error: unknown): never => {
  if (isDuplicate(error)) throw conflict('rate_exists', 'This place and tax class has a rate from that day already; change that one.')
  throw error
}

export const taxRateRepository = ({ db }: Pick<Sql<TaxDb>, 'db'>) => {
  const ratesOf = async (countries: readonly string[]): Promise<ReadonlyMap<string, RateRow[]>> => {
    const rows = await db.selectFrom('rates').select(columns).where('country', 'in', countries).orderBy('valid_from', 'desc').execute()
    return new Map(countries.map(country => [country, rows.filter(row => row.country === country)]))
  }
  const byCountry = remember(ratesOf, { ms: rememberedMs, most: 1000 })

  const get = async (id: number): Promise<RateRow> => {
    const row = await db.selectFrom('rates').select(columns).where('id', '=', id).executeTakeFirst()
    if (!row) throw notFound('rate')
    return row
  }

  return {
    /** The rates of a country that are valid on a day, those that began last first. */
    async inForce(country: string, at: Date): Promise<RateRow[]> {
      const day = at.toISOString().slice(0, 10)
      const rates = (await byCountry.recent([country])).get(country) ?? []
      return rates.filter(({ valid_from, valid_to }) => valid_from <= day && (valid_to === null || valid_to > day))
    },

    async list(
      { country, region }: { country?: string | undefined; region?: string | undefined },
      { skip, limit }: PageQuery,
    ): Promise<Page<RateRow>> {
      let filtered = db.selectFrom('rates')
      if (country !== undefined) filtered = filtered.where('country', '=', country)
      if (region !== undefined) filtered = filtered.where('region', '=', region)
      const ordered = filtered.select(columns).orderBy('country').orderBy('region').orderBy('category').orderBy('valid_from')
      const [items, { total }] = await Promise.all([
        ordered.offset(skip).limit(limit).execute(),
        filtered.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items, total }
    },

    async add({ tax_class, ...rate }: NewRate): Promise<RateRow> {
      const { insertId } = await db
        .insertInto('rates')
        .values({ ...rate, category: tax_class })
        .executeTakeFirstOrThrow()
        .catch(refuseDuplicate)
      byCountry.forget()
      return get(Number(insertId))
    },

    async change(id: number, change: RateChange): Promise<RateRow> {
      await get(id)
      if (Object.keys(change).length > 0) await db.updateTable('rates').set(change).where('id', '=', id).execute().catch(refuseDuplicate)
      byCountry.forget()
      return get(id)
    },

    async remove(id: number): Promise<void> {
      const { numDeletedRows } = await db.deleteFrom('rates').where('id', '=', id).executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('rate')
      byCountry.forget()
    },
  }
}
export type TaxRates = ReturnType<typeof taxRateRepository>
