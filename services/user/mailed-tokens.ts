import { emailVerificationRequested, passwordResetRequested } from '#shared/catalog'
import { invalid } from '#shared/errors'
import type { Clock, Publish, Trx, UserSql } from './database'
import { sameText } from './secrets'
import type { Vault } from './vault'

const hour = 3_600_000
const kinds = {
  password_reset: { lifeMs: hour, event: passwordResetRequested },
  email_verification: { lifeMs: 72 * hour, event: emailVerificationRequested },
}
type TokenKind = keyof typeof kinds

/** More within an hour are not sent: nobody's mailbox is filled by a stranger. */
const anHour = 5
const batch = 500

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
}

/**
 * Single-use, expiring tokens that reach a person by mail. The database and the event hold only the id; the token is `<id>.<proof>`,
 * which notification asks for when it writes the mail. Using a token deletes it.
 */
export const mailedTokens = ({ sql, vault, clock }: Deps) => {
  /** Whose token it is, if it still counts. In a transaction the row stays locked. */
  const owner = async (executor: Pick<Trx, 'selectFrom'>, token: string, kind: TokenKind): Promise<number> => {
    const [, id, proof] = /^([0-9a-f]{32})\.([\w-]{43})$/.exec(token) ?? []
    const row =
      id &&
      (await executor.selectFrom('mailed_tokens').selectAll().where('id', '=', id).where('kind', '=', kind).forUpdate().executeTakeFirst())
    const expected = row && vault.proofOf(row.id, row.key_id)
    if (!row || !proof || !expected || row.expires_at <= clock() || !sameText(proof, expected))
      throw invalid('invalid_token', 'This token is not valid, has expired, or was used before; ask for a new one.')
    return row.user_id
  }

  return {
    owner,

    /** Under the lock of the user's row, whose version it raises. */
    async issue(trx: Trx, publish: Publish, user: { id: number; version: number }, kind: TokenKind): Promise<void> {
      const now = clock()
      const recent = await trx
        .selectFrom('mailed_tokens')
        .select('id')
        .where('user_id', '=', user.id)
        .where('kind', '=', kind)
        .where('created_at', '>', new Date(now.getTime() - hour))
        .limit(anHour)
        .execute()
      if (recent.length >= anHour) return
      const id = crypto.randomUUID().replaceAll('-', '')
      const { lifeMs, event } = kinds[kind]
      const expires = new Date(now.getTime() + lifeMs)
      await trx
        .insertInto('mailed_tokens')
        .values({ id, user_id: user.id, kind, key_id: vault.current, created_at: now, expires_at: expires })
        .execute()
      const version = user.version + 1
      await trx.updateTable('users').set({ version }).where('id', '=', user.id).execute()
      publish(event({ id: user.id, version }, { user_id: user.id, token_id: id }))
    },

    /** Whose token it is; it is used up by this transaction. */
    async redeem(trx: Trx, token: string, kind: TokenKind): Promise<number> {
      const userId = await owner(trx, token, kind)
      await trx.deleteFrom('mailed_tokens').where('id', '=', token.split('.')[0]!).execute()
      return userId
    },

    /** For the mail that carries it. */
    async find(id: string) {
      const row = await sql.db
        .selectFrom('mailed_tokens')
        .innerJoin('users', 'users.id', 'mailed_tokens.user_id')
        .select(['mailed_tokens.id', 'kind', 'user_id', 'key_id', 'expires_at', 'users.email'])
        .where('mailed_tokens.id', '=', id)
        .where('expires_at', '>', clock())
        .executeTakeFirst()
      const proof = row && vault.proofOf(row.id, row.key_id)
      return proof ? { ...row, token: `${row.id}.${proof}` } : undefined
    },

    async forgetOld() {
      await sql.db.deleteFrom('mailed_tokens').where('expires_at', '<', clock()).limit(batch).execute()
    },
  }
}
export type MailedTokens = ReturnType<typeof mailedTokens>

/** What was sent to an address that is no longer theirs, or that a new password makes pointless, is worth nothing. */
export const revokeTokens = async (trx: Trx, userId: number) => {
  await trx.deleteFrom('mailed_tokens').where('user_id', '=', userId).execute()
}
