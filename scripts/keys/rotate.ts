import { createConnection, type RowDataPacket } from 'mysql2/promise'

type Step = 'add' | 'promote' | 'remove'
interface Options {
  /** As in DATA_KEYS: `id:key,id:key`. */
  keys: string
  /** An address of MySQL with rights in user's schema. */
  mysqlUrl?: string | undefined
  newKey: () => string
}

const restart =
  'Now restart every instance of user (locally: bun run stop, bun start; in compose: docker compose up -d --force-recreate user-service).'

/** The new text of DATA_KEYS, and what the operator does next. Throws when the step would lock somebody out. */
export const rotateKeys = async (step: Step, { keys, mysqlUrl = '', newKey }: Options): Promise<{ text: string; next: string }> => {
  const entries = keys.split(',').map(entry => entry.trim())
  const last = entries.at(-1)
  if (!last) throw new Error('DATA_KEYS is empty')
  const several = entries.length > 1
  if (step === 'add') {
    if (several)
      throw new Error(`there are several keys already (${entries.map(idOf).join(', ')}): promote the last one, or remove the older ones`)
    return { text: [...entries, newKey()].join(), next: `${restart} Then: bun run rotate-keys promote` }
  }
  if (!several) throw new Error('there is one key only: bun run rotate-keys add')
  if (step === 'promote') {
    if (!(await seenKeys(mysqlUrl)).includes(idOf(last)))
      throw new Error(
        `no instance of user has started with the key ${idOf(last)} yet, and the others could not open what it seals: restart user first`,
      )
    const text = [last, ...entries.slice(0, -1)].join()
    return { text, next: `${restart} Stored values move over in the background. Then: bun run rotate-keys remove` }
  }
  const [current = last] = entries
  const left = await sealedWithOthers(mysqlUrl, idOf(current))
  if (left > 0)
    throw new Error(
      `${left} values are still sealed with older keys. Restart user with the new key in front; it moves them over within minutes, mailed tokens end within three days`,
    )
  return { text: current, next: restart }
}

const idOf = (entry: string) => entry.slice(0, entry.indexOf(':'))

const onUsersSchema = async <T>(
  url: string,
  work: (query: (sql: string, values?: Record<string, string>) => Promise<RowDataPacket[]>) => Promise<T>,
) => {
  const connection = await createConnection({ uri: url, connectTimeout: 5000 })
  try {
    if (!new URL(url).pathname.slice(1)) await connection.query('use shop_user')
    return await work(async (sql, values = {}) => (await connection.query<RowDataPacket[]>({ sql, values, namedPlaceholders: true }))[0])
  } finally {
    await connection.end()
  }
}

/** The ids of the keys that an instance of user has ever started with. */
const seenKeys = (url: string) => onUsersSchema(url, async query => (await query('select id from data_keys')).map(({ id }) => String(id)))

/** Whether a sealed cell names another key than the current one. Compared whole: in LIKE, an underscore of an id would match any character. */
const isOther = (column: string) => `substring_index(${column}, '.', 1) <> :current`

/** How many values need another key than the current one: sealed cells, answers that are kept for a day, and mailed tokens that are still valid. */
const sealedWithOthers = (url: string, current: string) =>
  onUsersSchema(url, async query => {
    const counts = [
      `select count(*) as n from users where ${['phone', 'address', 'mfa_secret'].map(isOther).join(' or ')}`,
      `select count(*) as n from addresses where ${isOther('value')}`,
      `select count(*) as n from signing_keys where ${isOther('private_key')}`,
      'select count(*) as n from mailed_tokens where key_id <> :current and expires_at > utc_timestamp()',
      `select count(*) as n from idempotency_keys where answer like '%"body":"%' and locate(concat('"body":"', :current, '.'), answer) = 0`,
    ]
    let left = 0
    for (const sql of counts) left += Number((await query(sql, { current }))[0]?.n)
    return left
  })
