import { conflict, notFound } from '#shared/errors'
import type { Page, PageQuery } from '#shared/page'
import { isDuplicate } from '#shared/sql'
import type { ShippingSql, Trx } from './database'

export interface Zone {
  id: number
  name: string
  is_default: boolean
  countries: string[]
}

const placeCountries = async (trx: Trx, zone_id: number, countries: readonly string[]) => {
  await trx.deleteFrom('zone_countries').where('zone_id', '=', zone_id).execute()
  if (countries.length === 0) return
  try {
    await trx
      .insertInto('zone_countries')
      .values(countries.map(country => ({ country, zone_id })))
      .execute()
  } catch (error) {
    if (isDuplicate(error)) throw conflict('country_taken', 'One of the countries lies in another zone; take it out there first.')
    throw error
  }
}

/** Where rates hold. What no zone names lies in the default zone, which is always there and names none. */
export const zoneRepository = ({ db, transaction }: Pick<ShippingSql, 'db' | 'transaction'>) => {
  const countriesOf = async (reader: Pick<ShippingSql['db'], 'selectFrom'>, ids: readonly number[]) => {
    if (ids.length === 0) return []
    return reader.selectFrom('zone_countries').selectAll().where('zone_id', 'in', ids).orderBy('country').execute()
  }
  const lock = async (trx: Trx, id: number) => {
    const zone = await trx.selectFrom('zones').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (!zone) throw notFound('zone')
    return zone
  }

  return {
    async list({ skip, limit }: PageQuery): Promise<Page<Zone>> {
      const [rows, { total }] = await Promise.all([
        db.selectFrom('zones').selectAll().orderBy('id').offset(skip).limit(limit).execute(),
        db
          .selectFrom('zones')
          .select(row => row.fn.countAll<number>().as('total'))
          .executeTakeFirstOrThrow(),
      ])
      const placed = await countriesOf(
        db,
        rows.map(({ id }) => id),
      )
      const items = rows.map(({ id, name, is_default }) => {
        const countries = placed.filter(({ zone_id }) => zone_id === id).map(({ country }) => country)
        return { id, name, is_default: is_default === 1, countries }
      })
      return { items, total: Number(total) }
    },

    add: (name: string, countries: string[]): Promise<Zone> =>
      transaction(async trx => {
        const { insertId } = await trx.insertInto('zones').values({ name, is_default: false }).executeTakeFirstOrThrow()
        const id = Number(insertId)
        await placeCountries(trx, id, countries)
        return { id, name, is_default: false, countries: countries.toSorted() }
      }),

    change: (id: number, { name, countries }: { name?: string | undefined; countries?: string[] | undefined }): Promise<Zone> =>
      transaction(async trx => {
        const zone = await lock(trx, id)
        if (countries && zone.is_default) throw conflict('default_zone', 'The default zone is every place that no other zone names.')
        if (name !== undefined) await trx.updateTable('zones').set({ name }).where('id', '=', id).execute()
        if (countries) await placeCountries(trx, id, countries)
        const placed = await countriesOf(trx, [id])
        return { id, name: name ?? zone.name, is_default: zone.is_default === 1, countries: placed.map(({ country }) => country) }
      }),

    /** Its rates go with it; its countries lie in the default zone then. */
    remove: (id: number): Promise<void> =>
      transaction(async trx => {
        const zone = await lock(trx, id)
        if (zone.is_default) throw conflict('default_zone', 'The default zone stays; change its rates instead.')
        await trx.deleteFrom('rates').where('zone_id', '=', id).execute()
        await trx.deleteFrom('zone_countries').where('zone_id', '=', id).execute()
        await trx.deleteFrom('zones').where('id', '=', id).execute()
      }),
  }
}
export type Zones = ReturnType<typeof zoneRepository>
