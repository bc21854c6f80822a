import type { NotificationSql } from './database'

export const recipientRepository = ({ db }: Pick<NotificationSql, 'db'>) => ({
  find: (userId: number) => db.selectFrom('recipients').selectAll().where('user_id', '=', userId).executeTakeFirst(),
})
export type Recipients = ReturnType<typeof recipientRepository>
