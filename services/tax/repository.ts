import { conflict, notFound } from '#shared/errors'
import type { Page, PageQuery } from '#shared/page'
import { isDuplicate, type Sql } from '#shared/sql'
import type { RateRow, TaxDb } from './database'

type NewRate = Pick<RateRow, 'country' | 'region' | 'category' | 'rate_ppm' | 'valid_from' | 'valid_to' | 'source'>

/** How long a changed rate may go unseen by other instances. */
const freshMs = 1000

export const rateRepository = ({ db }: Pick<Sql<TaxDb>, 'db'>) => {
  /** By country and day: at most a few hundred, since a country has two letters. */
  const remembered = new Map<string, { rates: RateRow[]; at: number }>()
  const day = (at: Date) => at.toISOString().slice(0, 10)
  const forget = () => remembered.clear()
  const taken = (error: unknown): never => {
    if (isDuplicate(error)) throw conflict('rate_exists', 'This place and category has a rate from that day; change that one.')
    throw error
  }

  const byId = async (id: number): Promise<RateRow> => {
    const row = await db.selectFrom('rates').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw notFound('rate')
    return row
  }

  return {
    /** The rates of a country that hold on a day, the newest of each place and category first. */
    async holding(country: string, at: Date): Promise<RateRow[]> {
      const today = day(at)
      const key = `${country} ${today}`
      const known = remembered.get(key)
      if (known && Date.now() - known.at < freshMs) return known.rates
      const rates = await db
        .selectFrom('rates')
        .selectAll()
        .where('country', '=', country)
        .where('valid_from', '<=', today)
        .where(eb => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', today)]))
        .orderBy('valid_from', 'desc')
        .execute()
      if (remembered.size > 1000) forget()
      remembered.set(key, { rates, at: Date.now() })
      return rates
    },

    async list(
      { country, region }: { country?: string | undefined; region?: string | undefined },
      { skip, limit }: PageQuery,
    ): Promise<Page<RateRow>> {
      const filtered = db
        .selectFrom('rates')
        .$if(country !== undefined, query => query.where('country', '=', country!))
        .$if(region !== undefined, query => query.where('region', '=', region!))
      const [items, { total }] = await Promise.all([
        filtered
          .selectAll()
          .orderBy('country')
          .orderBy('region')
          .orderBy('category')
          .orderBy('valid_from')
          .offset(skip)
          .limit(limit)
          .execute(),
        filtered.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items, total }
    },

    async add(rate: NewRate): Promise<RateRow> {
      const { insertId } = await db.insertInto('rates').values(rate).executeTakeFirstOrThrow().catch(taken)
      forget()
      return byId(Number(insertId))
    },

    async change(id: number, change: Partial<NewRate>): Promise<RateRow> {
      await byId(id)
      if (Object.keys(change).length > 0) await db.updateTable('rates').set(change).where('id', '=', id).execute().catch(taken)
      forget()
      return byId(id)
    },

    async remove(id: number): Promise<void> {
      const { numDeletedRows } = await db.deleteFrom('rates').where('id', '=', id).executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('rate')
      forget()
    },
  }
}
export type Rates = ReturnType<typeof rateRepository>
