import { sql } from 'kysely'

/** Times by the database's clock, which all instances share. */
export const now = sql<Date>`current_timestamp(3)`
export const inFuture = (ms: number) => sql<Date>`current_timestamp(3) + interval ${ms * 1000} microsecond`
export const before = (ms: number) => sql<Date>`current_timestamp(3) - interval ${ms * 1000} microsecond`
