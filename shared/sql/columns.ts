import { sql } from 'kysely'
import { isThereAlready } from './errors'

/** The end of a table's definition. Text is compared by its bytes, so that MySQL and MariaDB agree on what is equal. */
export const plainText = sql`character set utf8mb4 collate utf8mb4_bin`
/** For our own ids and tokens. */
export const ascii = (length: number) => sql`varchar(${sql.lit(length)}) character set ascii collate ascii_bin`
/** A time to the millisecond, as the API shows it. */
export const timestamp = sql`datetime(3)`
/** The default of a column with a time. */
export const currentTime = sql`(current_timestamp(3))`

/**
 * Adds columns or indexes, unless an interrupted run of the migration has added them: MySQL commits each such statement by itself, and has
 * no `add column if not exists`. A statement that adds several adds all or none.
 */
export const addOnce = async (alter: { execute(): Promise<unknown> } | Promise<unknown>): Promise<void> => {
  try {
    await ('execute' in alter ? alter.execute() : alter)
  } catch (error) {
    if (!isThereAlready(error)) throw error
  }
}
