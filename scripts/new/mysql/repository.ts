import type { Page, PageQuery } from '#shared/page'
import { lockOrMake, pageNewestFirst } from '#shared/sql'
import { sampleSaved } from './catalog'
import type { SampleSql } from './database'
import { blank, changeNote, type Sample } from './domain'

export const sampleRepository = (sql: SampleSql) => ({
  list: (userId: number, query: PageQuery): Promise<Page<Sample>> =>
    pageNewestFirst(sql.db, sql.db.selectFrom('samples').selectAll().where('user_id', '=', userId), query),

  /** Saves under a lock of the row, so that two requests at once are two changes or none. */
  save: (user_id: number, product_id: string, note: string): Promise<Sample> =>
    sql.transaction(async (trx, publish) => {
      const row = await lockOrMake(trx, 'samples', { user_id, product_id }, { ...blank })
      const noted = changeNote(row, note)
      if (!noted) return row
      const changed = { ...noted, updated_at: new Date() }
      await trx.updateTable('samples').set(changed).where('id', '=', row.id).execute()
      publish(sampleSaved({ id: row.id, version: noted.version }, { user_id, product_id, note }))
      return { ...row, ...changed }
    }),

  async remove(userId: number, productId: string): Promise<boolean> {
    const { numDeletedRows } = await sql.db
      .deleteFrom('samples')
      .where('user_id', '=', userId)
      .where('product_id', '=', productId)
      .executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  },

  exportOf: (userId: number): Promise<Sample[]> =>
    sql.db.selectFrom('samples').selectAll().where('user_id', '=', userId).orderBy('id').execute(),

  forgetUser: (userId: number): Promise<unknown> => sql.db.deleteFrom('samples').where('user_id', '=', userId).execute(),

  forgetProduct: (productId: string): Promise<unknown> => sql.db.deleteFrom('samples').where('product_id', '=', productId).execute(),
})
export type SampleRepository = ReturnType<typeof sampleRepository>
