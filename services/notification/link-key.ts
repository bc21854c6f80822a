import type { NotificationSql } from './database'

/** The key of the unsubscribe links, made with the schema. It lasts as long as the mails that hold such a link. */
export const readLinkKey = async ({ db }: Pick<NotificationSql, 'db'>): Promise<string> =>
  (await db.selectFrom('link_key').select('value').where('id', '=', 1).executeTakeFirstOrThrow()).value
