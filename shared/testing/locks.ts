import { type QueryExecutorProvider, sql } from 'kysely'
import { eventually } from '../testing'

/** The server renews its list of transactions only when nobody has read it for a tenth of a second. */
const everyMs = 150

/** Waits until so many transactions of the server wait for a row that another one has locked. */
export const untilLockWaits = (db: QueryExecutorProvider, count: number): Promise<boolean> =>
  eventually(
    async () => {
      const waiting = sql<{ id: string }>`select trx_id as id from information_schema.innodb_trx where trx_state = 'LOCK WAIT'`
      return (await waiting.execute(db)).rows.length === count
    },
    { everyMs },
  )
