import type { UserSql } from './database'
import type { Vault } from './vault'

const batch = 200

/**
 * After a new data key was put first, brings what lies under older ones over to it, a step at a time. An older key may go from DATA_KEYS when this is
 * through and three days have passed, the life of the longest mailed token. Each value is only replaced if nobody else has changed it meanwhile.
 */
export const createResealing = ({ db }: Pick<UserSql, 'db'>, vault: Vault) => {
  const over = (sealed: string, place: Parameters<Vault['open']>[1]) => vault.seal(vault.open(sealed, place), place)
  const columns = ['phone', 'address', 'mfa_secret'] as const

  const users = async (after: number) => {
    const rows = await db
      .selectFrom('users')
      .select(['id', ...columns])
      .where('id', '>', after)
      .orderBy('id')
      .limit(batch)
      .execute()
    for (const { id, ...row } of rows) {
      for (const column of columns) {
        const sealed = row[column]
        if (!sealed || vault.isCurrent(sealed)) continue
        const change = { [column]: over(sealed, `users.${column}:${id}`) }
        await db.updateTable('users').set(change).where('id', '=', id).where(column, '=', sealed).execute()
      }
    }
    return rows.at(-1)?.id
  }
  const addresses = async (after: number) => {
    const rows = await db.selectFrom('addresses').select(['id', 'value']).where('id', '>', after).orderBy('id').limit(batch).execute()
    for (const { id, value } of rows) {
      if (vault.isCurrent(value)) continue
      await db
        .updateTable('addresses')
        .set({ value: over(value, `addresses.value:${id}`) })
        .where('id', '=', id)
        .where('value', '=', value)
        .execute()
    }
    return rows.at(-1)?.id
  }
  const signingKeys = async () => {
    for (const { kid, private_key } of await db.selectFrom('signing_keys').select(['kid', 'private_key']).execute()) {
      if (vault.isCurrent(private_key)) continue
      await db
        .updateTable('signing_keys')
        .set({ private_key: over(private_key, `signing_keys.private_key:${kid}`) })
        .where('kid', '=', kid)
        .execute()
    }
    return undefined
  }

  const steps = vault.rotating ? [signingKeys, users, addresses] : []
  let after = 0
  /** One bounded step; false when there is nothing left to do. */
  return async (): Promise<boolean> => {
    const [step] = steps
    if (!step) return false
    const reached = await step(after)
    after = reached ?? 0
    if (reached === undefined) steps.shift()
    return true
  }
}
