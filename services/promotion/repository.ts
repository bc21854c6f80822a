import { notFound } from '#shared/errors'
import type { Page } from '#shared/page'
import { pageNewestFirst } from '#shared/sql'
import { type CampaignRow, type PromotionSql, type Trx, textList } from './database'
import type { Campaign } from './domain'
import type { CampaignQuery } from './model'

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
  categoryIds: row.category_ids === null ? [] : textList.read(row.category_ids),
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

export const campaignRepository = ({ db }: Pick<PromotionSql, 'db'>) => {
  const live = () => db.selectFrom('campaigns').where('deleted_at', 'is', null)

  const byId = async (id: number): Promise<CampaignRow> => {
    const row = await live().selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw notFound('campaign')
    return row
  }

  return {
    byId,

    /** Newest first. `publicOnly` leaves out the campaigns that only an admin sees. */
    list({ status, ...query }: CampaignQuery, { publicOnly, now }: { publicOnly: boolean; now: Date }): Promise<Page<CampaignRow>> {
      const wanted = live()
        .$if(publicOnly, query => query.where('public', '=', 1))
        .$if(status === 'active', query =>
          query
            .where(row => row.or([row('starts_at', 'is', null), row('starts_at', '<=', now)]))
            .where(row => row.or([row('ends_at', 'is', null), row('ends_at', '>', now)])),
        )
        .$if(status === 'scheduled', query => query.where('starts_at', '>', now))
        .$if(status === 'ended', query => query.where('ends_at', '<=', now))
      return pageNewestFirst(db, wanted.selectAll(), query)
    },

    /** The automatic campaigns that are on. Every order is compared with all of them; `maxAutomatic` bounds how many are made. */
    automatic: (now: Date): Promise<CampaignRow[]> =>
      live()
        .selectAll()
        .where('automatic', '=', 1)
        .where(row => row.or([row('starts_at', 'is', null), row('starts_at', '<=', now)]))
        .where(row => row.or([row('ends_at', 'is', null), row('ends_at', '>', now)]))
        .orderBy('id')
        .execute(),

    async byCode(code: string): Promise<{ row: CampaignRow; codeIsUsed: boolean } | undefined> {
      const found = await db
        .selectFrom('codes')
        .innerJoin('campaigns', 'campaigns.id', 'codes.campaign_id')
        .selectAll('campaigns')
        .select('codes.order_id')
        .where('codes.code', '=', code)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
      return found && { row: found, codeIsUsed: found.order_id !== null }
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
