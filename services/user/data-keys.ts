import { insertOnce } from '#shared/sql'
import type { UserSql } from './database'
import { signingKeyCell } from './signing-keys'
import type { Vault } from './vault'

interface Deps {
  sql: Pick<UserSql, 'db'>
  vault: Vault
}

/**
 * To be called before anything is sealed or opened: refuses DATA_KEYS that cannot open what is stored, and a first key that no instance had before.
 * Other instances could not open what such a key seals, so a new key is rolled out at the end of the list before it moves to the front.
 */
export const requireDataKeys = async ({ sql: { db }, vault }: Deps): Promise<void> => {
  const signing = await db.selectFrom('signing_keys').select(['kid', 'private_key']).execute()
  for (const { kid, private_key } of signing) {
    try {
      vault.open(private_key, signingKeyCell(kid))
    } catch (cause) {
      throw new Error('DATA_KEYS cannot open the signing keys in the database: add the keys that it had before', { cause })
    }
  }
  for (const column of ['phone', 'address', 'mfa_secret'] as const) {
    const newest = await db.selectFrom('users').select(column).where(column, 'is not', null).orderBy('id', 'desc').limit(1).execute()
    requireKeyOf(vault, newest[0]?.[column])
  }
  const saved = await db.selectFrom('addresses').select('value').orderBy('id', 'desc').limit(1).execute()
  requireKeyOf(vault, saved[0]?.value)
  await requireKnown(db, vault)
}

const requireKeyOf = (vault: Vault, sealed: string | null | undefined) => {
  if (sealed && !vault.hasKeyOf(sealed))
    throw new Error('DATA_KEYS cannot open personal data in the database: add the keys that it had before')
}

const requireKnown = async (db: UserSql['db'], vault: Vault) => {
  const seen = new Set((await db.selectFrom('data_keys').select('id').execute()).map(({ id }) => id))
  if (seen.size > 0 && !seen.has(vault.current))
    throw new Error(
      `the data key "${vault.current}" is new: put it last in DATA_KEYS, restart every instance, and only then move it to the front`,
    )
  for (const id of vault.ids) if (!seen.has(id)) await insertOnce(db.insertInto('data_keys').values({ id }))
}
