import type { Selectable } from 'kysely'
import { conflict, notFound } from '#shared/errors'
import type { Page, PageQuery } from '#shared/page'
import { insertOnce, pageBy } from '#shared/sql'
import type { ShippingDb, ShippingSql, Trx } from './database'

export interface Zone {
  id: number
  name: string
  is_default: boolean
  countries: string[]
}

const replaceCountries = async (trx: Trx, zone_id: number, countries: readonly string[]) => {
  await trx.deleteFrom('zone_countries').where('zone_id', '=', zone_id).execute()
  if (countries.length === 0) return
  const insert = trx.insertInto('zone_countries').values(countries.map(country => ({ country, zone_id })))
  if (!(await insertOnce(insert)))
    throw conflict('country_taken', 'One of the countries is in another zone; remove it from that zone first.')
}

/** A zone is a group of countries with the same rates. The default zone always exists, for all countries that no other zone lists. */
export const zoneRepository = ({ db, transaction }: Pick<ShippingSql, 'db' | 'transaction'>) => {
  const countriesOf = async (reader: Pick<ShippingSql['db'], 'selectFrom'>, ids: readonly number[]) => {
    if (ids.length === 0) return []
    return reader.selectFrom('zone_countries').selectAll().where('zone_id', 'in', ids).orderBy('country').execute()
  }
  const withCountries = async (rows: readonly Selectable<ShippingDb['zones']>[]): Promise<Zone[]> => {
    const listed = await countriesOf(
      db,
      rows.map(({ id }) => id),
    )
    return rows.map(({ id, name, is_default }) => {
      const countries = listed.filter(({ zone_id }) => zone_id === id).map(({ country }) => country)
      return { id, name, is_default: is_default === 1, countries }
    })
  }
  const lockZone = async (trx: Trx, id: number) => {
    const zone = await trx.selectFrom('zones').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (!zone) throw notFound('zone')
    return zone
  }

  return {
    async list(query: PageQuery): Promise<Page<Zone>> {
      const { items, ...rest } = await pageBy(db, db.selectFrom('zones').selectAll(), 'id', query)
      return { items: await withCountries(items), ...rest }
    },

    async get(id: number): Promise<Zone> {
      const [zone] = await withCountries(await db.selectFrom('zones').selectAll().where('id', '=', id).execute())
      if (!zone) throw notFound('zone')
      return zone
    },

    async add(trx: Trx, { name, countries }: { name: string; countries: string[] }): Promise<Zone> {
      const { insertId } = await trx.insertInto('zones').values({ name, is_default: false }).executeTakeFirstOrThrow()
      const id = Number(insertId)
      await replaceCountries(trx, id, countries)
      return { id, name, is_default: false, countries: countries.toSorted() }
    },

    change: (id: number, { name, countries }: { name?: string | undefined; countries?: string[] | undefined }): Promise<Zone> =>
      transaction(async trx => {
        const zone = await lockZone(trx, id)
        if (countries && zone.is_default)
          throw conflict('default_zone', 'The default zone lists no countries; add or change another zone for these.')
        if (name !== undefined) await trx.updateTable('zones').set({ name }).where('id', '=', id).execute()
        if (countries) await replaceCountries(trx, id, countries)
        const listed = await countriesOf(trx, [id])
        return { id, name: name ?? zone.name, is_default: zone.is_default === 1, countries: listed.map(({ country }) => country) }
      }),

    /** Deletes the zone's rates too; its countries return to the default zone. */
    remove: (id: number): Promise<void> =>
      transaction(async trx => {
        const zone = await lockZone(trx, id)
        if (zone.is_default) throw conflict('default_zone', 'The default zone cannot be deleted; change its rates instead.')
        await trx.deleteFrom('rates').where('zone_id', '=', id).execute()
        await trx.deleteFrom('zone_countries').where('zone_id', '=', id).execute()
        await trx.deleteFrom('zones').where('id', '=', id).execute()
      }),
  }
}
export type Zones = ReturnType<typeof zoneRepository>
