import type { Updateable } from 'kysely'
import { userRegistered, userUpdated } from '#shared/catalog'
import { conflict, notFound } from '#shared/errors'
import type { Address } from '#shared/schema'
import { isDuplicate } from '#shared/sql'
import { record } from './audit'
import type { Clock, Publish, Trx, UserDb, UserRow, UserSql } from './database'
import { emailOf, usernameOf } from './domain'
import type { MailedTokens } from './mailed-tokens'
import type { Registration } from './model'
import type { Passwords } from './passwords'
import type { Vault } from './vault'

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  passwords: Passwords
  tokens: MailedTokens
}

const taken = {
  email: () => conflict('email_taken', 'There is an account with this e-mail; log in, or reset its password.'),
  username: () => conflict('username_taken', 'This username is taken; choose another.'),
}

/** Says which of the two unique names was taken, whoever took it a moment ago. */
export const refuseTaken = <T>(work: Promise<T>): Promise<T> =>
  work.catch(error => {
    if (!isDuplicate(error) || !(error instanceof Error)) throw error
    throw error.message.includes("username_key'") ? taken.username() : taken.email()
  })

export const accountStore = ({ sql, vault, clock, passwords, tokens }: Deps) => {
  const { db } = sql
  return {
    byLogin: ({ by, key }: { by: 'email' | 'username_key'; key: string }) =>
      db.selectFrom('users').selectAll().where(by, '=', key).executeTakeFirst(),

    async byId(id: number): Promise<UserRow> {
      const row = await db.selectFrom('users').selectAll().where('id', '=', id).where('erased_at', 'is', null).executeTakeFirst()
      if (!row) throw notFound('user')
      return row
    },

    byIds: (ids: number[]): Promise<UserRow[]> =>
      db.selectFrom('users').selectAll().where('id', 'in', ids).where('erased_at', 'is', null).execute(),

    async register(given: Registration): Promise<UserRow> {
      const email = emailOf(given.email)
      const { username, key } = usernameOf(given.username)
      // Spares the hash; the unique keys decide.
      const known = await db
        .selectFrom('users')
        .select('email')
        .where(row => row.or([row('email', '=', email), row('username_key', '=', key)]))
        .execute()
      if (known.some(row => row.email === email)) throw taken.email()
      if (known.length > 0) throw taken.username()
      const password_hash = await passwords.hash(given.password)
      return sql.transaction(async (trx, publish) => {
        const now = clock()
        const inserted = trx
          .insertInto('users')
          .values({
            email,
            username,
            username_key: key,
            password_hash,
            full_name: given.full_name.trim(),
            created_at: now,
            updated_at: now,
          })
          .executeTakeFirstOrThrow()
        const id = Number((await refuseTaken(inserted)).insertId)
        if (given.phone !== undefined || given.address !== undefined) {
          await trx
            .updateTable('users')
            .set(sealedContact(vault, id, given))
            .where('id', '=', id)
            .execute()
        }
        publish(userRegistered({ id, version: 1 }, { user_id: id }))
        await tokens.issue(trx, publish, { id, version: 1 }, 'email_verification')
        await record(trx, 'account.registered', { user: id, actor: id })
        return trx.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      })
    },
  }
}
export type Accounts = ReturnType<typeof accountStore>

/** Columns that are sealed to their row; `null` empties one, absence leaves it. */
export const sealedContact = (vault: Vault, id: number, { phone, address }: { phone?: string | null; address?: Address | null }) => ({
  ...(phone !== undefined && { phone: phone && vault.seal(phone, `users.phone:${id}`) }),
  ...(address !== undefined && { address: address && vault.seal(JSON.stringify(address), `users.address:${id}`) }),
})

/** The row stays locked until the transaction ends: what is decided from it holds. */
export const lockUser = async (trx: Trx, id: number): Promise<UserRow> => {
  const row = await trx.selectFrom('users').selectAll().where('id', '=', id).where('erased_at', 'is', null).forUpdate().executeTakeFirst()
  if (!row) throw notFound('user')
  return row
}

/** A change that others may want to know of. Answers the new version. */
export const changeUser = async (trx: Trx, publish: Publish, user: UserRow, change: Updateable<UserDb['users']>, now: Date) => {
  const version = user.version + 1
  await trx
    .updateTable('users')
    .set({ ...change, version, updated_at: now })
    .where('id', '=', user.id)
    .execute()
  publish(userUpdated({ id: user.id, version }, { user_id: user.id }))
  return version
}
