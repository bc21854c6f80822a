import type { Log } from '#shared/log'
import { eachIsolated } from '#shared/sweep'
import type { UserSql } from './database'
import type { Vault } from './vault'

const batch = 200

interface Deps {
  sql: Pick<UserSql, 'db'>
  vault: Vault
  log: Pick<Log, 'warn'>
}

/**
 * Seals all stored values with the first key of DATA_KEYS, step by step. Every instance can open them: one starts with this key in front only
 * after the key was rolled out (data-keys.ts). An older key may be removed once this is done and three days have passed, which is how long a mailed
 * token can live. A value is replaced only if it has not been changed meanwhile.
 */
export const reseal = ({ sql: { db }, vault, log }: Deps) => {
  let failures = 0
  const eachRow = <Row extends { id: number } | { kid: string }>(rows: Row[], work: (row: Row) => Promise<unknown>) =>
    eachIsolated(rows, work, (err, row) => {
      failures++
      log.warn({ err, row: 'id' in row ? row.id : row.kid }, 'a stored value could not be resealed; it is tried again')
    })
  const resealed = (sealed: string, cell: Parameters<Vault['open']>[1]) => vault.seal(vault.open(sealed, cell), cell)
  const columns = ['phone', 'address', 'mfa_secret'] as const

  const users = async (after: number) => {
    const rows = await db
      .selectFrom('users')
      .select(['id', ...columns])
      .where('id', '>', after)
      .orderBy('id')
      .limit(batch)
      .execute()
    await eachRow(rows, async ({ id, ...row }) => {
      for (const column of columns) {
        const sealed = row[column]
        if (!sealed || vault.isCurrent(sealed)) continue
        const change = { [column]: resealed(sealed, `users.${column}:${id}`) }
        await db.updateTable('users').set(change).where('id', '=', id).where(column, '=', sealed).execute()
      }
    })
    return rows.at(-1)?.id
  }

  const addresses = async (after: number) => {
    const rows = await db.selectFrom('addresses').select(['id', 'value']).where('id', '>', after).orderBy('id').limit(batch).execute()
    await eachRow(rows, async ({ id, value }) => {
      if (vault.isCurrent(value)) return
      const change = { value: resealed(value, `addresses.value:${id}`) }
      await db.updateTable('addresses').set(change).where('id', '=', id).where('value', '=', value).execute()
    })
    return rows.at(-1)?.id
  }

  const signingKeys = async () => {
    const rows = await db.selectFrom('signing_keys').select(['kid', 'private_key']).orderBy('generation').execute()
    await eachRow(rows, async ({ kid, private_key }) => {
      if (vault.isCurrent(private_key)) return
      const change = { private_key: resealed(private_key, `signing_keys.private_key:${kid}`) }
      await db.updateTable('signing_keys').set(change).where('kid', '=', kid).execute()
    })
    return undefined
  }

  const tables = vault.rotating ? [signingKeys, users, addresses] : []
  let after = 0
  /** One bounded step; false when nothing is left to do. A table in which rows failed has another turn after the others. */
  return async (): Promise<boolean> => {
    const [table] = tables
    if (!table) return false
    const reached = await table(after)
    after = reached ?? 0
    if (reached !== undefined) return true
    tables.shift()
    if (failures > 0) tables.push(table)
    failures = 0
    return true
  }
}
