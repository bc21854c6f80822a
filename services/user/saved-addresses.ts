import type { Selectable } from 'kysely'
import { type Place, placeOfAddress } from '#shared/address'
import { conflict, notFound } from '#shared/errors'
import { idempotently } from '#shared/idempotency'
import type { Static } from '#shared/schema'
import { jsonColumn } from '#shared/sql'
import { type Clock, savedAddressColumn, type Trx, type UserDb, type UserSql } from './database'
import { SavedAddress, type SavedAddressBody } from './model'
import { lockUser } from './repository'
import type { Vault } from './vault'

type AddressRow = Selectable<UserDb['addresses']>
type View = Static<typeof SavedAddress>

const maxSaved = 50
const savedViewColumn = jsonColumn(SavedAddress)

/** A user's saved addresses. They are sealed, and at most one of them is the default. */
export const savedAddresses = ({ sql, vault, clock }: { sql: UserSql; vault: Vault; clock: Clock }) => {
  const { db } = sql
  const cell = (id: number) => `addresses.value:${id}` as const
  const sealed = (id: number, address: Omit<SavedAddressBody, 'is_default'>) => vault.seal(savedAddressColumn.write(address), cell(id))
  const view = ({ id, value, is_default, created_at }: AddressRow): View => ({
    id,
    ...savedAddressColumn.read(vault.open(value, cell(id))),
    is_default: is_default === 1,
    created_at: created_at.toISOString(),
  })
  const clearDefault = (trx: Trx, userId: number) =>
    trx.updateTable('addresses').set({ is_default: false }).where('user_id', '=', userId).where('is_default', '=', 1).execute()

  const insert = async (trx: Trx, userId: number, { is_default = false, ...address }: SavedAddressBody): Promise<View> => {
    await lockUser(trx, userId)
    const saved = await trx.selectFrom('addresses').select('id').where('user_id', '=', userId).execute()
    if (saved.length >= maxSaved) throw conflict('too_many_addresses', `At most ${maxSaved} addresses can be saved; delete one first.`)
    if (is_default) await clearDefault(trx, userId)
    const created_at = clock()
    // The seal needs the id, so the row is inserted first.
    const { insertId } = await trx
      .insertInto('addresses')
      .values({ user_id: userId, value: '', is_default, created_at })
      .executeTakeFirstOrThrow()
    const id = Number(insertId)
    await trx
      .updateTable('addresses')
      .set({ value: sealed(id, address) })
      .where('id', '=', id)
      .execute()
    return { id, ...address, is_default, created_at: created_at.toISOString() }
  }

  return {
    async list(userId: number): Promise<View[]> {
      const rows = await db.selectFrom('addresses').selectAll().where('user_id', '=', userId).orderBy('id').execute()
      return rows.map(view)
    },

    async get(userId: number, id: number): Promise<View> {
      const row = await db.selectFrom('addresses').selectAll().where('id', '=', id).where('user_id', '=', userId).executeTakeFirst()
      if (!row) throw notFound('address')
      return view(row)
    },

    /** Where the user's default address is; empty without one, or when it has no country that taxes and zones know. */
    async defaultPlace(userId: number): Promise<Place> {
      const row = await db.selectFrom('addresses').selectAll().where('user_id', '=', userId).where('is_default', '=', 1).executeTakeFirst()
      return row ? placeOfAddress(savedAddressColumn.read(vault.open(row.value, cell(row.id)))) : {}
    },

    /** The answer that is kept for the key is sealed, as every address is. */
    async add(userId: number, body: SavedAddressBody, key: string | undefined): Promise<{ saved: View; headers: Record<string, string> }> {
      const answerCell = `idempotency_keys.answer:${userId}` as const
      const request = { scope: `${userId} POST /api/users/me/addresses`, key, body }
      const { body: answer, headers = {} } = await idempotently(sql, request, save =>
        sql.transaction(async trx => {
          const saved = await insert(trx, userId, body)
          const location = `/api/users/me/addresses/${saved.id}`
          return save(trx, { status: 201, headers: { location }, body: vault.seal(savedViewColumn.write(saved), answerCell) })
        }),
      )
      return { saved: savedViewColumn.read(vault.open(answer, answerCell)), headers }
    },

    replace: (userId: number, id: number, { is_default, ...address }: SavedAddressBody): Promise<View> =>
      sql.transaction(async trx => {
        await lockUser(trx, userId)
        const row = await trx.selectFrom('addresses').selectAll().where('id', '=', id).where('user_id', '=', userId).executeTakeFirst()
        if (!row) throw notFound('address')
        if (is_default) await clearDefault(trx, userId)
        const isDefault = is_default ?? row.is_default === 1
        const change = { value: sealed(id, address), is_default: isDefault }
        await trx.updateTable('addresses').set(change).where('id', '=', id).execute()
        return { id, ...address, is_default: isDefault, created_at: row.created_at.toISOString() }
      }),

    async remove(userId: number, id: number): Promise<void> {
      const { numDeletedRows } = await db.deleteFrom('addresses').where('id', '=', id).where('user_id', '=', userId).executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('address')
    },
  }
}
export type SavedAddresses = ReturnType<typeof savedAddresses>
