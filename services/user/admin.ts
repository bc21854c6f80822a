import { userRegistered } from '#shared/catalog'
import { cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import { countCapped, isDuplicate } from '#shared/sql'
import { changeUser, lockUser } from './accounts'
import { record } from './audit'
import type { Clock, Trx, UserRow, UserSql } from './database'
import { emailOf, requireAnotherAdmin, usernameOf } from './domain'
import type { ManagedChange } from './model'
import type { Passwords } from './passwords'
import { endSessions, type Sessions } from './sessions'

interface Deps {
  sql: UserSql
  clock: Clock
  passwords: Passwords
  sessions: Sessions
}

const IdCursor = t.Tuple([t.Integer()])
const NameCursor = t.Tuple([t.String()])

/** What administrators do with accounts. */
export const accountManager = ({ sql, clock, passwords, sessions }: Deps) => {
  const { db } = sql
  const present = db.selectFrom('users').where('erased_at', 'is', null)

  const newestFirst = async ({ skip, limit, cursor }: PageQuery): Promise<Page<UserRow>> => {
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, IdCursor)
    const from = before === undefined ? present.offset(skip) : present.where('id', '<', before)
    const [items, total] = await Promise.all([from.selectAll().orderBy('id', 'desc').limit(limit).execute(), countCapped(db, present)])
    return { items, total, nextCursor: cursorAfter(items, limit, row => [row.id]) }
  }

  /** E-mails and usernames that begin so, in their order: two walks of two indexes, merged. No username has an @, so no two keys are the same. */
  const beginningWith = async (search: string, { skip, limit, cursor }: PageQuery): Promise<Page<UserRow>> => {
    const start = `${search
      .normalize('NFKC')
      .trim()
      .toLowerCase()
      .replaceAll(/[\\%_]/g, '\\$&')}%`
    const [after] = cursor === undefined ? [] : decodeCursor(cursor, NameCursor)
    const reach = cursor === undefined ? skip + limit : limit
    const byEmail = db.selectFrom('users').where('email', 'like', start)
    const byName = db.selectFrom('users').where('username_key', 'like', start).where('email', 'not like', start)
    const emails = (after === undefined ? byEmail : byEmail.where('email', '>', after))
      .select(['id', 'email as name'])
      .orderBy('email')
      .limit(reach)
    const names = (after === undefined ? byName : byName.where('username_key', '>', after))
      .select(['id', 'username_key as name'])
      .orderBy('username_key')
      .limit(reach)
    const [found, ...totals] = await Promise.all([
      db
        .selectFrom(
          db
            .selectFrom(emails.as('e'))
            .selectAll()
            .unionAll(db.selectFrom(names.as('n')).selectAll())
            .as('found'),
        )
        .select(['id', 'name'])
        .orderBy('name')
        .offset(cursor === undefined ? skip : 0)
        .limit(limit)
        .execute(),
      countCapped(db, byEmail),
      countCapped(db, byName),
    ])
    const ids = found.map(({ id }) => id)
    const rows = ids.length === 0 ? [] : await db.selectFrom('users').selectAll().where('id', 'in', ids).execute()
    const items = ids.flatMap(id => rows.find(row => row.id === id) ?? [])
    return { items, total: totals[0] + totals[1], nextCursor: cursorAfter(found, limit, row => [row.name ?? '']) }
  }

  return {
    list: ({ search, ...query }: PageQuery & { search?: string }) => (search?.trim() ? beginningWith(search, query) : newestFirst(query)),

    /** A new role or a block ends their sessions: tokens that say otherwise stop working. */
    async change(id: number, { role, blocked }: ManagedChange, actor: number): Promise<UserRow> {
      const { user, ended } = await sql.transaction(async (trx, publish) => {
        const admins = await lockAdmins(trx)
        const user = await lockUser(trx, id)
        const newRole = role !== undefined && role !== user.role
        const newBlock = blocked !== undefined && blocked !== (user.blocked === 1)
        if (!newRole && !newBlock) return { user, ended: [] }
        if ((newRole && role !== 'admin') || (newBlock && blocked)) requireAnotherAdmin(admins, id)
        await changeUser(trx, publish, user, { ...(newRole && { role }), ...(newBlock && { blocked }) }, clock())
        if (newRole) await record(trx, 'role.changed', { user: id, actor, detail: role })
        if (newBlock) await record(trx, blocked ? 'account.blocked' : 'account.unblocked', { user: id, actor })
        return { user: await lockUser(trx, id), ended: await endSessions(trx, { userId: id }, clock()) }
      })
      await sessions.announce(ended)
      return user
    },

    /** The first administrator; nothing happens when there is such an account, or another instance was quicker. */
    async ensureAdmin(address: string, password: string): Promise<void> {
      const email = emailOf(address)
      const isThere = await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
      if (isThere) return
      const password_hash = await passwords.hash(password)
      const named = usernameOf('admin')
      const isTaken = await db
        .selectFrom('users')
        .select('id')
        .where('username_key', '=', named.key)
        .where('email', '!=', email)
        .executeTakeFirst()
      const { username, key } = isTaken ? usernameOf(`admin-${crypto.randomUUID().slice(0, 8)}`) : named
      const insert = sql.transaction(async (trx, publish) => {
        const { insertId } = await trx
          .insertInto('users')
          .values({ email, username, username_key: key, password_hash, full_name: 'Administrator', role: 'admin', email_verified: true })
          .executeTakeFirstOrThrow()
        const id = Number(insertId)
        publish(userRegistered({ id, version: 1 }, { user_id: id }))
        await record(trx, 'admin.created', { user: id })
      })
      await insert.catch(error => {
        if (!isDuplicate(error)) throw error
      })
    },
  }
}
export type AccountManager = ReturnType<typeof accountManager>

/** Whoever can manage the shop, locked: of two that take each other's role away, the second finds itself the last. Lock these before any one user. */
export const lockAdmins = async (trx: Trx): Promise<number[]> => {
  const rows = await trx
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('blocked', '=', 0)
    .where('erased_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(({ id }) => id)
}
