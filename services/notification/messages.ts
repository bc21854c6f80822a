import { notFound } from '#shared/errors'
import type { Page, PageQuery } from '#shared/page'
import { countCapped, pageNewestFirst } from '#shared/sql'
import type { NotificationClients } from './clients'
import { factsColumn, type MessageRow, type NotificationSql } from './database'
import { kindNames, type Language } from './domain'
import { findRecipient } from './recipients'
import { productsIn } from './values'
import { languageOf, type Writing } from './write'

export interface ShownMessage extends MessageRow {
  title: string
  text: string
  link: string
}
type Filter = PageQuery & { unread?: 'true' | 'false' | undefined }

interface Ports {
  sql: Pick<NotificationSql, 'db'>
  clients: Pick<NotificationClients, 'contacts' | 'products'>
  writing: Pick<Writing, 'inApp'>
}

/** The messages in the shop. They are written when they are read, in the language of their reader at that moment. */
export const inAppMessages = ({ sql, clients, writing }: Ports) => {
  const { db } = sql
  /** Without those of a newer release. */
  const ofUser = (userId: number) => db.selectFrom('messages').where('user_id', '=', userId).where('kind', 'in', kindNames)
  const countUnread = (userId: number) => countCapped(db, ofUser(userId).where('read_at', 'is', null))

  /** The account is asked once; while it cannot be, English has to do. */
  const languageFor = async (userId: number): Promise<Language> => {
    const recipient = await findRecipient(sql, userId)
    const known = recipient?.language ?? recipient?.account_language
    if (known) return languageOf(known)
    const contacts = await clients.contacts([userId]).catch(() => undefined)
    const language = contacts?.get(userId)?.language
    if (language && recipient)
      await db
        .updateTable('recipients')
        .set({ account_language: language })
        .where('user_id', '=', userId)
        .where('erased_at', 'is', null)
        .execute()
    return languageOf(language)
  }

  const shown = async (userId: number, rows: readonly MessageRow[]): Promise<ShownMessage[]> => {
    if (rows.length === 0) return []
    const facts = rows.map(row => factsColumn.read(row.facts))
    const [language, products] = await Promise.all([
      languageFor(userId),
      // Without the catalog, a message is shown without the name of its product.
      clients.products(facts.flatMap(productsIn)).catch(() => new Map()),
    ])
    return Promise.all(rows.map(async (row, at) => ({ ...row, ...(await writing.inApp(row.kind, facts[at] ?? {}, language, products)) })))
  }

  /** What is marked already keeps its time. */
  const mark = async (userId: number, column: 'seen_at' | 'read_at', at: Date) => {
    await db
      .updateTable('messages')
      .set({ [column]: at })
      .where('user_id', '=', userId)
      .where(column, 'is', null)
      .execute()
  }

  return {
    countUnread,

    /** Newest first. */
    async list(userId: number, { unread, ...query }: Filter): Promise<Page<ShownMessage> & { unread: number }> {
      const all = ofUser(userId)
      const filtered = unread === undefined ? all : all.where('read_at', unread === 'true' ? 'is' : 'is not', null)
      const [{ items, ...rest }, unreadCount] = await Promise.all([pageNewestFirst(db, filtered.selectAll(), query), countUnread(userId)])
      return { items: await shown(userId, items), ...rest, unread: unreadCount }
    },

    markSeen: (userId: number, now = new Date()) => mark(userId, 'seen_at', now),
    /** What was read was seen. */
    async markAllRead(userId: number, now = new Date()) {
      await mark(userId, 'seen_at', now)
      await mark(userId, 'read_at', now)
    },

    async markRead(userId: number, id: number, now = new Date()): Promise<ShownMessage> {
      const mine = ofUser(userId).where('id', '=', id)
      await db
        .updateTable('messages')
        .set(row => ({ read_at: row.fn.coalesce('read_at', row.val(now)), seen_at: row.fn.coalesce('seen_at', row.val(now)) }))
        .where('user_id', '=', userId)
        .where('id', '=', id)
        .execute()
      const row = await mine.selectAll().executeTakeFirst()
      const [message] = row ? await shown(userId, [row]) : []
      if (!message) throw notFound('notification')
      return message
    },

    /** For the streams: oldest first. */
    async after(userId: number, id: number, limit: number): Promise<ShownMessage[]> {
      return shown(userId, await ofUser(userId).selectAll().where('id', '>', id).orderBy('id').limit(limit).execute())
    },

    /** The newest message of each of these people. */
    async newest(userIds: readonly number[]): Promise<{ id: number; version: number }[]> {
      const rows = await db
        .selectFrom('messages')
        .select(row => ['user_id', row.fn.max('id').as('version')])
        .where('user_id', 'in', userIds)
        .groupBy('user_id')
        .execute()
      return rows.map(({ user_id, version }) => ({ id: user_id, version: Number(version) }))
    },
  }
}
export type Messages = ReturnType<typeof inAppMessages>
