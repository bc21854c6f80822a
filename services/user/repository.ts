import type { Updateable } from 'kysely'
import type { Address } from '#shared/address'
import { userUpdated } from '#shared/catalog'
import { conflict, notFound } from '#shared/errors'
import type { Publish } from '#shared/event'
import { isDuplicate } from '#shared/sql'
import { addressColumn, type Trx, type UserDb, type UserRow, type UserSql } from './database'
import type { LoginName } from './domain'
import type { Vault } from './vault'

const mostAdmins = 100

export const accountRepository = ({ db }: Pick<UserSql, 'db'>) => {
  const present = () => db.selectFrom('users').selectAll().where('erased_at', 'is', null)
  return {
    byLogin: ({ by, key }: LoginName) => db.selectFrom('users').selectAll().where(by, '=', key).executeTakeFirst(),

    async byId(id: number): Promise<UserRow> {
      const row = await present().where('id', '=', id).executeTakeFirst()
      if (!row) throw notFound('user')
      return row
    },

    /** Whether the account is erased. The row of an erased one stays. */
    async isErased(id: number): Promise<boolean> {
      const row = await db.selectFrom('users').select('erased_at').where('id', '=', id).executeTakeFirst()
      if (!row) throw notFound('user')
      return row.erased_at !== null
    },

    admins: (): Promise<{ id: number }[]> =>
      present().clearSelect().select('id').where('role', '=', 'admin').where('blocked', '=', 0).orderBy('id').limit(mostAdmins).execute(),

    byIds: (ids: number[]): Promise<UserRow[]> => present().where('id', 'in', ids).execute(),
  }
}
export type Accounts = ReturnType<typeof accountRepository>

export const lockUser = async (trx: Trx, id: number): Promise<UserRow> => {
  const row = await trx.selectFrom('users').selectAll().where('id', '=', id).where('erased_at', 'is', null).forUpdate().executeTakeFirst()
  if (!row) throw notFound('user')
  return row
}

/**
 * Locks the active administrators and returns their ids, so that two administrators cannot revoke each other's role at the same time.
 * Lock them before any single user.
 */
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

/** Changes a user, publishes `user.updated` and returns the new version. */
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

/** The sealed columns for new contact details. Null empties a column; a field that is absent keeps it. */
export const sealedContact = (vault: Vault, id: number, { phone, address }: { phone?: string | null; address?: Address | null }) => ({
  ...(phone !== undefined && { phone: phone && vault.seal(phone, `users.phone:${id}`) }),
  ...(address !== undefined && { address: address && vault.seal(addressColumn.write(address), `users.address:${id}`) }),
})

export const emailTaken = () => conflict('email_taken', 'There is an account with this e-mail; log in, or reset its password.')
export const usernameTaken = () => conflict('username_taken', 'This username is taken; choose another.')

/** Turns a violated unique key into the error for that name. */
export const refuseTakenName = <T>(write: Promise<T>): Promise<T> =>
  write.catch(error => {
    if (!isDuplicate(error) || !(error instanceof Error)) throw error
    throw error.message.includes("username_key'") ? usernameTaken() : emailTaken()
  })
