import { type QueryExecutorProvider, type SelectQueryBuilder, sql } from 'kysely'
import { countLimit } from './page'

/** `count(*)` that stops looking at `countLimit` rows. Give it the filtered query, before its order and columns. */
export const countCapped = async <Db, Tables extends keyof Db, Row>(
  db: QueryExecutorProvider,
  filtered: SelectQueryBuilder<Db, Tables, Row>,
): Promise<number> => {
  const some = filtered.select(eb => eb.lit(1).as('one')).limit(countLimit)
  const { rows } = await sql<{ total: number }>`select count(*) as total from ${some.as('some')}`.execute(db)
  return Number(rows[0]?.total ?? 0)
}
