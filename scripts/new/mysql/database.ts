import type { Generated } from 'kysely'
import type { Sql } from '#shared/sql'

export interface SampleDb {
  samples: {
    id: Generated<number>
    user_id: number
    product_id: string
    note: string
    version: number
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
}
export type SampleSql = Sql<SampleDb>
