import { conflict, notFound } from '#shared/errors'
import { cursorAfter, decodeCursor, type Page } from '#shared/page'
import { t } from '#shared/schema'
import { countCapped, isDuplicate } from '#shared/sql'
import type { CampaignRow, PromotionSql, Trx } from './database'
import type { Campaign } from './domain'
import type { CampaignQuery, ChangedCampaign, NewCampaign } from './model'
import { changedTerms, newTerms } from './terms'

export const campaignOf = (row: CampaignRow): Campaign => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  value: row.value,
  buyQuantity: row.buy_quantity,
  getQuantity: row.get_quantity,
  currency: row.currency,
  minimum: row.minimum,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  categories: JSON.parse(row.categories),
  productIds: JSON.parse(row.product_ids),
  totalLimit: row.total_limit,
  perUserLimit: row.per_user_limit,
})

const taken = (error: unknown) => {
  throw isDuplicate(error) ? conflict('code_taken', 'Another campaign has this code; choose another one.') : error
}

export const lockCampaign = async (trx: Trx, id: number): Promise<CampaignRow> => {
  const row = await trx
    .selectFrom('campaigns')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw notFound('campaign')
  return row
}
/** A campaign's own code, for anybody. */
const freeOwnCode = (trx: Trx, id: number) => trx.deleteFrom('codes').where('campaign_id', '=', id).where('single_use', '=', 0).execute()
const takeOwnCode = (trx: Trx, id: number, code: string) =>
  trx.insertInto('codes').values({ code, campaign_id: id, single_use: false, order_id: null }).execute().catch(taken)

export const campaignRepository = (sql: PromotionSql) => {
  const { db } = sql
  const live = () => db.selectFrom('campaigns').where('deleted_at', 'is', null)

  const byId = async (id: number): Promise<CampaignRow> => {
    const row = await live().selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw notFound('campaign')
    return row
  }

  return {
    byId,

    /** Newest first. `open` leaves out what not everybody is shown. */
    async list({ status, skip, limit, cursor }: CampaignQuery, { open, now }: { open: boolean; now: Date }): Promise<Page<CampaignRow>> {
      const wanted = live()
        .$if(open, query => query.where('public', '=', 1))
        .$if(status === 'active', query =>
          query
            .where(row => row.or([row('starts_at', 'is', null), row('starts_at', '<=', now)]))
            .where(row => row.or([row('ends_at', 'is', null), row('ends_at', '>', now)])),
        )
        .$if(status === 'scheduled', query => query.where('starts_at', '>', now))
        .$if(status === 'ended', query => query.where('ends_at', '<=', now))
      const after = cursor === undefined ? undefined : decodeCursor(cursor, t.Tuple([t.Integer()]))[0]
      const [items, total] = await Promise.all([
        wanted
          .selectAll()
          .$if(after !== undefined, query => query.where('id', '<', after ?? 0))
          .orderBy('id', 'desc')
          .offset(after === undefined ? skip : 0)
          .limit(limit)
          .execute(),
        countCapped(db, wanted),
      ])
      return { items, total, nextCursor: cursorAfter(items, limit, row => [row.id]) }
    },

    async add(given: NewCampaign): Promise<CampaignRow> {
      const terms = newTerms(given)
      const id = await sql.transaction(async trx => {
        const { insertId } = await trx.insertInto('campaigns').values(terms).executeTakeFirstOrThrow()
        if (terms.code !== null) await takeOwnCode(trx, Number(insertId), terms.code)
        return Number(insertId)
      })
      return byId(id)
    },

    async change(id: number, change: ChangedCampaign): Promise<CampaignRow> {
      await sql.transaction(async trx => {
        const row = await lockCampaign(trx, id)
        const terms = changedTerms(row, change)
        if (terms.code !== row.code) {
          await freeOwnCode(trx, id)
          if (terms.code !== null) await takeOwnCode(trx, id, terms.code)
        }
        await trx
          .updateTable('campaigns')
          .set({ ...terms, updated_at: new Date() })
          .where('id', '=', id)
          .execute()
      })
      return byId(id)
    },

    /** Its code is free again; orders that hold it keep it. */
    async remove(id: number): Promise<void> {
      await sql.transaction(async trx => {
        await lockCampaign(trx, id)
        await freeOwnCode(trx, id)
        await trx.updateTable('campaigns').set({ deleted_at: new Date() }).where('id', '=', id).execute()
      })
    },

    /** Those that are not over; the oldest ones, should there be more than can be weighed for every order. */
    automatic: (now: Date): Promise<CampaignRow[]> =>
      live()
        .selectAll()
        .where('automatic', '=', 1)
        .where(row => row.or([row('ends_at', 'is', null), row('ends_at', '>', now)]))
        .orderBy('id')
        .limit(maxAutomatic)
        .execute(),

    async byCode(code: string): Promise<{ row: CampaignRow; spent: boolean } | undefined> {
      const found = await db
        .selectFrom('codes')
        .innerJoin('campaigns', 'campaigns.id', 'codes.campaign_id')
        .selectAll('campaigns')
        .select('codes.order_id')
        .where('codes.code', '=', code)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
      return found && { row: found, spent: found.order_id !== null }
    },

    /** How often a user holds each of these campaigns. */
    async usesBy(userId: number, campaignIds: readonly number[]): Promise<Map<number, number>> {
      if (campaignIds.length === 0) return new Map()
      const rows = await db
        .selectFrom('user_uses')
        .select(['campaign_id', 'used'])
        .where('user_id', '=', userId)
        .where('campaign_id', 'in', campaignIds)
        .execute()
      return new Map(rows.map(({ campaign_id, used }) => [campaign_id, used]))
    },
  }
}
export type Campaigns = ReturnType<typeof campaignRepository>

const maxAutomatic = 200
