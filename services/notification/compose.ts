import type { NotificationSql } from './database'
import { recipientRepository } from './repository'

export const compose = ({ sql }: { sql: NotificationSql }) => ({ recipients: recipientRepository(sql) })
export type NotificationService = ReturnType<typeof compose>
