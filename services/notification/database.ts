import type { Generated } from 'kysely'
import type { Sql } from '#shared/sql'
import type { Language } from './domain'

export interface NotificationDb {
  recipients: {
    user_id: number
    /** The number of the newest in-app message. */
    last_number: number
    /** Null: that of the account. */
    language: Language | null
    choices: string
    quiet_hours: string | null
    erased_at: Date | null
    updated_at: Generated<Date>
  }
}
export type NotificationSql = Sql<NotificationDb>
