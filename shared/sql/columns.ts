import { sql } from 'kysely'
import { isThereAlready } from './errors'

/** Ends a table's definition. Text compares by its bytes, so that MySQL and MariaDB agree on what is equal. */
export const plainText = sql`character set utf8mb4 collate utf8mb4_bin`
/** For ids and tokens of ours. */
export const ascii = (length: number) => sql`varchar(${sql.lit(length)}) character set ascii collate ascii_bin`
/** A time to the millisecond, as the API shows it. */
export const timestamp = sql`datetime(3)`
/** The default of a column of time. */
export const currentTime = sql`(current_timestamp(3))`

/** Adds one column or index to a table, unless a run of the same migration that broke off has added it. MySQL has no `add column if not exists`. */
export const addOnce = async (alter: { execute(): Promise<unknown> }): Promise<void> => {
  try {
    await alter.execute()
  } catch (error) {
    if (!isThereAlready(error)) throw error
  }
}
