import { conflict, notFound } from '#shared/errors'
import { afterId, newestFirst, type Page } from '#shared/page'
import { countCapped, insertOnce } from '#shared/sql'
import { type CampaignRow, type PromotionSql, type Trx, textList } from './database'
import type { Campaign } from './domain'
import type { CampaignQuery, ChangedCampaign, NewCampaign } from './model'
import { changedTerms, newTerms } from './terms'

const maxAutomatic = 200

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
  categories: textList.read(row.categories),
  productIds: textList.read(row.product_ids),
  totalLimit: row.total_limit,
  perUserLimit: row.per_user_limit,
})

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

/** The code that anybody may use for a campaign, as opposed to its single-use codes. */
const insertOwnCode = async (trx: Trx, id: number, code: string) => {
  const insert = trx.insertInto('codes').values({ code, campaign_id: id, single_use: false, order_id: null })
  if (!(await insertOnce(insert))) throw conflict('code_taken', 'Another campaign has this code; choose another one.')
}
const deleteOwnCode = (trx: Trx, id: number) => trx.deleteFrom('codes').where('campaign_id', '=', id).where('single_use', '=', 0).execute()

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

    /** Newest first. `publicOnly` leaves out the campaigns that only an admin sees. */
    async list(
      { status, limit, ...query }: CampaignQuery,
      { publicOnly, now }: { publicOnly: boolean; now: Date },
    ): Promise<Page<CampaignRow>> {
      const wanted = live()
        .$if(publicOnly, query => query.where('public', '=', 1))
        .$if(status === 'active', query =>
          query
            .where(row => row.or([row('starts_at', 'is', null), row('starts_at', '<=', now)]))
            .where(row => row.or([row('ends_at', 'is', null), row('ends_at', '>', now)])),
        )
        .$if(status === 'scheduled', query => query.where('starts_at', '>', now))
        .$if(status === 'ended', query => query.where('ends_at', '<=', now))
      const { below, skip } = newestFirst(query)
      const [items, total] = await Promise.all([
        wanted.selectAll().where('id', '<', below).orderBy('id', 'desc').offset(skip).limit(limit).execute(),
        countCapped(db, wanted),
      ])
      return { items, total, nextCursor: afterId(items, limit) }
    },

    async add(given: NewCampaign): Promise<CampaignRow> {
      const terms = newTerms(given)
      const id = await sql.transaction(async trx => {
        const { insertId } = await trx.insertInto('campaigns').values(terms).executeTakeFirstOrThrow()
        if (terms.code !== null) await insertOwnCode(trx, Number(insertId), terms.code)
        return Number(insertId)
      })
      return byId(id)
    },

    async change(id: number, change: ChangedCampaign): Promise<CampaignRow> {
      await sql.transaction(async trx => {
        const row = await lockCampaign(trx, id)
        const terms = changedTerms(row, change)
        if (terms.code !== row.code) {
          await deleteOwnCode(trx, id)
          if (terms.code !== null) await insertOwnCode(trx, id, terms.code)
        }
        await trx
          .updateTable('campaigns')
          .set({ ...terms, updated_at: new Date() })
          .where('id', '=', id)
          .execute()
      })
      return byId(id)
    },

    /** Another campaign may then have its code; orders that hold the campaign keep it. */
    async remove(id: number): Promise<void> {
      await sql.transaction(async trx => {
        await lockCampaign(trx, id)
        await deleteOwnCode(trx, id)
        await trx.updateTable('campaigns').set({ deleted_at: new Date() }).where('id', '=', id).execute()
      })
    },

    /** The automatic campaigns that have not ended. Every order is compared with all of them, hence the limit. */
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

    /** How many orders of a user hold each of these campaigns. */
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
