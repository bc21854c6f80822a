import { randomInt } from 'node:crypto'
import { countCapped } from '#shared/count'
import { conflict, notFound } from '#shared/errors'
import { cursorAfter, decodeCursor, type Page } from '#shared/page'
import { t } from '#shared/schema'
import { duplicate, errno } from '#shared/sql-outbox'
import type { CampaignRow, CodeRow, PromotionSql, Trx } from './database'
import type { Campaign } from './domain'
import type { CampaignQuery, ChangedCampaign, CodeQuery, NewCampaign } from './model'
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

/** Without letters and digits that look alike. Twelve of them are 58 random bits: not to be guessed through the gateway's limits. */
const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const newCode = () =>
  Array.from({ length: 12 }, (_, at) => `${at > 0 && at % 4 === 0 ? '-' : ''}${letters[randomInt(letters.length)]}`).join('')
const insertAtOnce = 1000

const taken = (error: unknown) => {
  throw errno(error) === duplicate ? conflict('code_taken', 'Another campaign has this code; choose another one.') : error
}

const lockCampaign = async (trx: Trx, id: number): Promise<CampaignRow> => {
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

    /** Codes for one order each. A campaign that has them is no longer automatic. */
    async addCodes(id: number, count: number): Promise<string[]> {
      const codes = new Set<string>()
      while (codes.size < count) codes.add(newCode())
      const rows = [...codes].map(code => ({ code, campaign_id: id, single_use: true, order_id: null }))
      await sql.transaction(async trx => {
        await lockCampaign(trx, id)
        for (let at = 0; at < rows.length; at += insertAtOnce)
          await trx
            .insertInto('codes')
            .values(rows.slice(at, at + insertAtOnce))
            .execute()
        await trx.updateTable('campaigns').set({ automatic: false, updated_at: new Date() }).where('id', '=', id).execute()
      })
      return [...codes]
    },

    async codesOf(id: number, { used, skip, limit, cursor }: CodeQuery): Promise<Page<CodeRow>> {
      await byId(id)
      const wanted = db
        .selectFrom('codes')
        .where('campaign_id', '=', id)
        .where('single_use', '=', 1)
        .$if(used === 'true', query => query.where('order_id', 'is not', null))
        .$if(used === 'false', query => query.where('order_id', 'is', null))
      const after = cursor === undefined ? undefined : decodeCursor(cursor, t.Tuple([t.String()]))[0]
      const [items, total] = await Promise.all([
        wanted
          .selectAll()
          .$if(after !== undefined, query => query.where('code', '>', after ?? ''))
          .orderBy('code')
          .offset(after === undefined ? skip : 0)
          .limit(limit)
          .execute(),
        countCapped(db, wanted),
      ])
      return { items, total, nextCursor: cursorAfter(items, limit, row => [row.code]) }
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
