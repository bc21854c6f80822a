import { emailVerificationRequested, passwordResetRequested } from '#shared/catalog'
import { invalid } from '#shared/errors'
import type { Publish } from '#shared/event'
import { hour } from '#shared/time'
import type { Clock, Trx, UserSql } from './database'
import { sameText } from './secrets'
import type { Vault } from './vault'

const kinds = {
  password_reset: { lifeMs: hour, event: passwordResetRequested },
  email_verification: { lifeMs: 72 * hour, event: emailVerificationRequested },
}
type TokenKind = keyof typeof kinds

/** Further requests within an hour send no mail, so that a stranger cannot fill a mailbox. */
const maxPerHour = 5
const batch = 500

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
}

/**
 * Single-use, expiring tokens that a user receives by mail. The database and the event hold only the id; the whole token is
 * `<id>.<proof>`, which the notification service asks for when it writes the mail. Using a token deletes it.
 */
export const mailedTokens = ({ sql, vault, clock }: Deps) => {
  /** The token's id and user, if it is valid. In a transaction its row stays locked. */
  const check = async (executor: Pick<Trx, 'selectFrom'>, token: string, kind: TokenKind): Promise<{ id: string; userId: number }> => {
    const [, id, proof] = /^([0-9a-f]{32})\.([\w-]{43})$/.exec(token) ?? []
    const row =
      id &&
      (await executor.selectFrom('mailed_tokens').selectAll().where('id', '=', id).where('kind', '=', kind).forUpdate().executeTakeFirst())
    const expected = row && vault.proofOf(row.id, row.key_id)
    if (!row || !proof || !expected || row.expires_at <= clock() || !sameText(proof, expected))
      throw invalid('invalid_token', 'This token is not valid, has expired, or was used before; ask for a new one.')
    return { id: row.id, userId: row.user_id }
  }

  return {
    check,

    /** The caller has locked the user's row. Issuing a token raises the user's version. */
    async issue(trx: Trx, publish: Publish, user: { id: number; version: number }, kind: TokenKind): Promise<void> {
      const now = clock()
      const recent = await trx
        .selectFrom('mailed_tokens')
        .select('id')
        .where('user_id', '=', user.id)
        .where('kind', '=', kind)
        .where('created_at', '>', new Date(now.getTime() - hour))
        .limit(maxPerHour)
        .execute()
      if (recent.length >= maxPerHour) return
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

    /** Uses the token up and returns its user. */
    async redeem(trx: Trx, token: string, kind: TokenKind): Promise<number> {
      const { id, userId } = await check(trx, token, kind)
      await trx.deleteFrom('mailed_tokens').where('id', '=', id).execute()
      return userId
    },

    /** The whole token with its user's address, for the mail. */
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

    async deleteExpired() {
      await sql.db.deleteFrom('mailed_tokens').where('expires_at', '<', clock()).orderBy('expires_at').limit(batch).execute()
    },
  }
}
export type MailedTokens = ReturnType<typeof mailedTokens>

/** After a change of e-mail or password, and when the account is erased, the tokens in earlier mails no longer work. */
export const revokeTokens = async (trx: Trx, userId: number) => {
  await trx.deleteFrom('mailed_tokens').where('user_id', '=', userId).execute()
}
