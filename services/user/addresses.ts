import type { Selectable } from 'kysely'
import { conflict, notFound } from '#shared/errors'
import type { Static } from '#shared/schema'
import { lockUser } from './accounts'
import type { Clock, Trx, UserDb, UserSql } from './database'
import type { SavedAddress, SavedAddressBody } from './model'
import type { Vault } from './vault'

type AddressRow = Selectable<UserDb['addresses']>
type View = Static<typeof SavedAddress>

const mostSaved = 50

/** The addresses somebody has saved. What they say is sealed; at most one is the default. */
export const addressBook = ({ sql, vault, clock }: { sql: UserSql; vault: Vault; clock: Clock }) => {
  const { db } = sql
  const place = (id: number) => `addresses.value:${id}` as const
  const view = ({ id, value, is_default, created_at }: AddressRow): View => ({
    id,
    ...(JSON.parse(vault.open(value, place(id))) as Omit<SavedAddressBody, 'is_default'>),
    is_default: is_default === 1,
    created_at: created_at.toISOString(),
  })
  const clearDefault = (trx: Trx, userId: number) =>
    trx.updateTable('addresses').set({ is_default: false }).where('user_id', '=', userId).where('is_default', '=', 1).execute()

  return {
    async of(userId: number): Promise<View[]> {
      const rows = await db.selectFrom('addresses').selectAll().where('user_id', '=', userId).orderBy('id').execute()
      return rows.map(view)
    },

    add: (userId: number, { is_default = false, ...address }: SavedAddressBody): Promise<View> =>
      sql.transaction(async trx => {
        await lockUser(trx, userId)
        const saved = await trx.selectFrom('addresses').select('id').where('user_id', '=', userId).execute()
        if (saved.length >= mostSaved)
          throw conflict('too_many_addresses', `At most ${mostSaved} addresses can be saved; delete one first.`)
        if (is_default) await clearDefault(trx, userId)
        const created_at = clock()
        const { insertId } = await trx
          .insertInto('addresses')
          .values({ user_id: userId, value: '', is_default, created_at })
          .executeTakeFirstOrThrow()
        const id = Number(insertId)
        // Sealed to its row, so the row comes first.
        await trx
          .updateTable('addresses')
          .set({ value: vault.seal(JSON.stringify(address), place(id)) })
          .where('id', '=', id)
          .execute()
        return { id, ...address, is_default, created_at: created_at.toISOString() }
      }),

    replace: (userId: number, id: number, { is_default, ...address }: SavedAddressBody): Promise<View> =>
      sql.transaction(async trx => {
        await lockUser(trx, userId)
        const row = await trx.selectFrom('addresses').selectAll().where('id', '=', id).where('user_id', '=', userId).executeTakeFirst()
        if (!row) throw notFound('address')
        if (is_default) await clearDefault(trx, userId)
        const isDefault = is_default ?? row.is_default === 1
        const value = vault.seal(JSON.stringify(address), place(id))
        await trx.updateTable('addresses').set({ value, is_default: isDefault }).where('id', '=', id).execute()
        return { id, ...address, is_default: isDefault, created_at: row.created_at.toISOString() }
      }),

    async remove(userId: number, id: number): Promise<void> {
      const { numDeletedRows } = await db.deleteFrom('addresses').where('id', '=', id).where('user_id', '=', userId).executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('address')
    },
  }
}
export type AddressBook = ReturnType<typeof addressBook>
