import { conflict } from '#shared/errors'
import { type Answer, idempotently, type KeyedRequest } from '#shared/idempotency'
import { insertOnce } from '#shared/sql'
import type { CampaignRow, PromotionSql, Trx } from './database'
import { adminCampaignView, type CampaignView, type ChangedCampaign, type NewCampaign } from './model'
import { type Campaigns, lockCampaign } from './repository'
import type { Targets } from './targets'
import { changedTerms, newTerms, type Terms } from './terms'

/** Every order is compared with all automatic campaigns, so there are no more than this that have not ended. */
const maxAutomatic = 200

/** The code that anybody may use for a campaign, as opposed to its single-use codes. */
const insertOwnCode = async (trx: Trx, id: number, code: string) => {
  const insert = trx.insertInto('codes').values({ code, campaign_id: id, single_use: false, order_id: null })
  if (!(await insertOnce(insert))) throw conflict('code_taken', 'Another campaign has this code; choose another one.')
}
const deleteOwnCode = (trx: Trx, id: number) => trx.deleteFrom('codes').where('campaign_id', '=', id).where('single_use', '=', 0).execute()

const requireNoCodes = async (trx: Trx, id: number) => {
  const row = await trx.selectFrom('codes').select('code').where('campaign_id', '=', id).limit(1).executeTakeFirst()
  if (row) throw conflict('campaign_has_codes', 'A campaign is automatic or has codes, never both; make another campaign without codes.')
}

const requireRoom = async (trx: Trx) => {
  const { count } = await trx
    .selectFrom('campaigns')
    .select(row => row.fn.countAll<number>().as('count'))
    .where('automatic', '=', 1)
    .where('deleted_at', 'is', null)
    .where(row => row.or([row('ends_at', 'is', null), row('ends_at', '>', new Date())]))
    .executeTakeFirstOrThrow()
  if (Number(count) >= maxAutomatic)
    throw conflict('too_many_automatic', `At most ${maxAutomatic} automatic campaigns may be on or to come; end one of them first.`)
}

interface Ports {
  sql: PromotionSql
  campaigns: Pick<Campaigns, 'byId'>
  targets: Targets
}

/** Campaigns as an administrator makes, changes and deletes them. */
export const campaignEdits = ({ sql, campaigns, targets }: Ports) => {
  const insert = async (trx: Trx, terms: Terms): Promise<CampaignRow> => {
    if (terms.automatic) await requireRoom(trx)
    const { insertId } = await trx.insertInto('campaigns').values(terms).executeTakeFirstOrThrow()
    const id = Number(insertId)
    if (terms.code !== null) await insertOwnCode(trx, id, terms.code)
    return trx.selectFrom('campaigns').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  }

  return {
    /** A repeated Idempotency-Key gets the answer of the first request. */
    add: (given: NewCampaign, request: Omit<KeyedRequest, 'body'>): Promise<Answer<CampaignView>> =>
      idempotently(sql, { ...request, body: given }, async save => {
        const terms = newTerms({ ...given, ...(await targets.checked(given)) })
        return sql.transaction(async trx => {
          const row = await insert(trx, terms)
          return save(trx, { status: 201, headers: { location: `/api/promotions/${row.id}` }, body: adminCampaignView(row) })
        })
      }),

    async change(id: number, given: ChangedCampaign): Promise<CampaignRow> {
      const change = { ...given, ...(await targets.checked(given)) }
      await sql.transaction(async trx => {
        const row = await lockCampaign(trx, id)
        const terms = changedTerms(row, change)
        if (terms.code !== row.code) {
          await deleteOwnCode(trx, id)
          if (terms.code !== null) await insertOwnCode(trx, id, terms.code)
        }
        if (terms.automatic && row.automatic !== 1) {
          await requireNoCodes(trx, id)
          await requireRoom(trx)
        }
        await trx
          .updateTable('campaigns')
          .set({ ...terms, updated_at: new Date() })
          .where('id', '=', id)
          .execute()
      })
      return campaigns.byId(id)
    },

    /** Another campaign may then have its code; orders that hold the campaign keep it. */
    async remove(id: number): Promise<void> {
      await sql.transaction(async trx => {
        await lockCampaign(trx, id)
        await deleteOwnCode(trx, id)
        await trx.updateTable('campaigns').set({ deleted_at: new Date() }).where('id', '=', id).execute()
      })
    },
  }
}
export type CampaignEdits = ReturnType<typeof campaignEdits>
