import { randomInt } from 'node:crypto'
import { chunks } from '#shared/chunks'
import { type Answer, idempotently, type KeyedRequest } from '#shared/idempotency'
import type { Page } from '#shared/page'
import { pageBy } from '#shared/sql'
import type { CodeRow, PromotionSql } from './database'
import type { CodeQuery } from './model'
import { type Campaigns, lockCampaign } from './repository'

/** No letters and digits that look alike. Twelve of them hold 58 random bits: too many to guess at the gateway's rate limits. */
const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const newCode = () =>
  Array.from({ length: 12 }, (_, at) => `${at > 0 && at % 4 === 0 ? '-' : ''}${letters[randomInt(letters.length)]}`).join('')
const rowsPerInsert = 1000

export const singleUseCodes = (sql: PromotionSql, campaigns: Pick<Campaigns, 'byId'>) => ({
  /** A campaign that has single-use codes is no longer automatic. A repeated Idempotency-Key gets the codes of the first request. */
  add: (id: number, count: number, request: Omit<KeyedRequest, 'body'>): Promise<Answer<{ codes: string[] }>> =>
    idempotently(sql, { ...request, body: { count } }, async save => {
      const codes = new Set<string>()
      while (codes.size < count) codes.add(newCode())
      const rows = [...codes].map(code => ({ code, campaign_id: id, single_use: true, order_id: null }))
      return sql.transaction(async trx => {
        await lockCampaign(trx, id)
        for (const some of chunks(rows, rowsPerInsert)) await trx.insertInto('codes').values(some).execute()
        await trx.updateTable('campaigns').set({ automatic: false, updated_at: new Date() }).where('id', '=', id).execute()
        return save(trx, { status: 201, headers: { location: `/api/promotions/${id}/codes` }, body: { codes: [...codes] } })
      })
    }),

  async list(id: number, { used, ...query }: CodeQuery): Promise<Page<CodeRow>> {
    await campaigns.byId(id)
    const rows = sql.db
      .selectFrom('codes')
      .selectAll()
      .where('campaign_id', '=', id)
      .where('single_use', '=', 1)
      .$if(used === 'true', query => query.where('order_id', 'is not', null))
      .$if(used === 'false', query => query.where('order_id', 'is', null))
    return pageBy(sql.db, rows, 'code', query)
  },
})
export type SingleUseCodes = ReturnType<typeof singleUseCodes>
