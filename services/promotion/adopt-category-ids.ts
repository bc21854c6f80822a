import type { PromotionClients } from './clients'
import { type PromotionSql, textList } from './database'
import { categoryKey } from './domain'

const campaignsPerRound = 1000

interface Ports {
  sql: Pick<PromotionSql, 'db'>
  clients: Pick<PromotionClients, 'allCategories'>
}

/** Gives ids to campaigns that an earlier release stored by the names of their categories. A name that is no category stays a name. */
export const adoptCategoryIds =
  ({ sql: { db }, clients }: Ports) =>
  async (): Promise<void> => {
    const rows = await db
      .selectFrom('campaigns')
      .select(['id', 'categories'])
      .where('categories', '<>', textList.write([]))
      .where(row => row.or([row('category_ids', 'is', null), row('category_ids', '=', textList.write([]))]))
      .where('deleted_at', 'is', null)
      .orderBy('id')
      .limit(campaignsPerRound)
      .execute()
    if (rows.length === 0) return
    const byKey = new Map((await clients.allCategories()).map(({ id, name }) => [categoryKey(name), id]))
    for (const { id, categories } of rows) {
      const names = textList.read(categories)
      const ids = names.flatMap(name => byKey.get(categoryKey(name)) ?? [])
      if (ids.length < names.length) continue
      await db
        .updateTable('campaigns')
        .set({ category_ids: textList.write(ids) })
        .where('id', '=', id)
        .where('categories', '=', categories)
        .execute()
    }
  }
