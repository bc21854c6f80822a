import { userRegistered } from '#shared/catalog'
import type { Log } from '#shared/log'
import { cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import { countCapped, isDuplicate, pageNewestFirst } from '#shared/sql'
import type { RecordAudit } from './audit'
import type { Clock, UserRow, UserSql } from './database'
import { emailOf, requireAnotherAdmin, usernameOf } from './domain'
import type { ManagedChange } from './model'
import type { PasswordHashes } from './password-hashes'
import { type Accounts, changeUser, lockAdmins, lockUser } from './repository'
import { endSessions, type Sessions } from './sessions'

interface Deps {
  sql: UserSql
  clock: Clock
  accounts: Accounts
  passwords: PasswordHashes
  sessions: Sessions
  recordAudit: RecordAudit
  log: Pick<Log, 'warn'>
}

const NameCursor = t.Tuple([t.String()])

/** What administrators do with accounts. */
export const managedAccounts = ({ sql, clock, accounts, passwords, sessions, recordAudit, log }: Deps) => {
  const { db } = sql
  const present = db.selectFrom('users').where('erased_at', 'is', null)

  const all = (query: PageQuery): Promise<Page<UserRow>> => pageNewestFirst(db, present.selectAll(), query)

  /**
   * Accounts whose e-mail or username begins with `search`, in the order of those names: two index ranges, merged. Usernames have no `@`,
   * so the two kinds of name never collide.
   */
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
    list: ({ search, ...query }: PageQuery & { search?: string }) => (search?.trim() ? beginningWith(search, query) : all(query)),

    /** A new role or a block ends the user's sessions, whose tokens hold the old role. */
    async change(id: number, { role, blocked }: ManagedChange, actor: number): Promise<UserRow> {
      const { user, ended } = await sql.transaction(async (trx, publish) => {
        const admins = await lockAdmins(trx)
        const user = await lockUser(trx, id)
        const newRole = role !== undefined && role !== user.role
        const newBlock = blocked !== undefined && blocked !== (user.blocked === 1)
        if (!newRole && !newBlock) return { user, ended: [] }
        if ((newRole && role !== 'admin') || (newBlock && blocked)) requireAnotherAdmin(admins, id)
        await changeUser(trx, publish, user, { ...(newRole && { role }), ...(newBlock && { blocked }) }, clock())
        if (newRole) await recordAudit(trx, 'role.changed', { user: id, actor, detail: role })
        if (newBlock) await recordAudit(trx, blocked ? 'account.blocked' : 'account.unblocked', { user: id, actor })
        return { user: await lockUser(trx, id), ended: await endSessions(trx, { userId: id }, clock()) }
      })
      await sessions.publishEnd(ended)
      return user
    },

    /**
     * Creates the first administrator, unless there is an active one, whose e-mail may be another by now. Of instances that start at the same time, the
     * unique e-mail lets one create it.
     */
    async ensureAdmin(address: string, password: string): Promise<void> {
      const email = emailOf(address)
      const admins = await accounts.admins()
      if (admins.length > 0) {
        const owner = await present.select('id').where('email', '=', email).executeTakeFirst()
        if (!admins.some(({ id }) => id === owner?.id))
          log.warn('ADMIN_EMAIL made no administrator, since another one is active: they can give the role to an account in /admin')
        return
      }
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
        await recordAudit(trx, 'admin.created', { user: id })
      })
      await insert.catch(async error => {
        if (!isDuplicate(error)) throw error
        // Usually, another instance has just made it.
        if ((await accounts.admins()).length === 0)
          log.warn('There is no active administrator, and ADMIN_EMAIL is the address of a customer or of a blocked account: name another')
      })
    },
  }
}
export type ManagedAccounts = ReturnType<typeof managedAccounts>
