import { emailVerificationRequested, passwordResetRequested } from '#shared/catalog'
import { invalid } from '#shared/errors'
import type { Publish } from '#shared/event'
import { hour } from '#shared/time'
import type { Clock, Trx, UserSql } from './database'
import type { MailQuotas } from './mail-quotas'
import { sameText } from './secrets'
import type { Vault } from './vault'

const kinds = {
  password_reset: { lifeMs: hour, event: passwordResetRequested },
  email_verification: { lifeMs: 72 * hour, event: emailVerificationRequested },
  /** Mailed to the new e-mail, which replaces the old one once this token is used. */
  email_change: { lifeMs: 72 * hour, event: emailVerificationRequested },
}
type TokenKind = keyof typeof kinds

const batch = 500

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  quotas: MailQuotas
}

/**
 * Single-use, expiring tokens that a user receives by mail. The database and the event hold only the id; the whole token is
 * `<id>.<proof>`, which the notification service asks for when it writes the mail. Using a token deletes it.
 */
export const mailedTokens = ({ sql, vault, clock, quotas }: Deps) => {
  /** The token's id and user, if it is valid. In a transaction its row stays locked. */
  const check = async <Kind extends TokenKind>(executor: Pick<Trx, 'selectFrom'>, token: string, ...wanted: Kind[]) => {
    const [, id, proof] = /^([0-9a-f]{32})\.([\w-]{43})$/.exec(token) ?? []
    const row = id && (await executor.selectFrom('mailed_tokens').selectAll().where('id', '=', id).forUpdate().executeTakeFirst())
    const expected = row && vault.proofOf(row.id, row.key_id)
    const kind = row && wanted.find(kind => kind === row.kind)
    if (!row || !kind || !proof || !expected || row.expires_at <= clock() || !sameText(proof, expected))
      throw invalid('invalid_token', 'This token is not valid, has expired, or was used before; ask for a new one.')
    return { id: row.id, userId: row.user_id, kind }
  }

  return {
    check,

    /** The caller has locked the user's row. Issuing a token raises the user's version. False when the mails of this hour are used up. */
    async issue(trx: Trx, publish: Publish, user: { id: number; version: number }, kind: TokenKind, to: string): Promise<boolean> {
      if (!(await quotas.take(trx, { userId: user.id, to, kind }))) return false
      const now = clock()
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
      return true
    },

    /** Uses the token up. */
    async redeem<Kind extends TokenKind>(trx: Trx, token: string, ...wanted: Kind[]): Promise<{ userId: number; kind: Kind }> {
      const { id, userId, kind } = await check(trx, token, ...wanted)
      await trx.deleteFrom('mailed_tokens').where('id', '=', id).execute()
      return { userId, kind }
    },

    /** The whole token with the address that it is mailed to. */
    async find(id: string) {
      const row = await sql.db
        .selectFrom('mailed_tokens')
        .innerJoin('users', 'users.id', 'mailed_tokens.user_id')
        .select(['mailed_tokens.id', 'kind', 'user_id', 'key_id', 'expires_at', 'users.email', 'users.pending_email'])
        .where('mailed_tokens.id', '=', id)
        .where('expires_at', '>', clock())
        .executeTakeFirst()
      const proof = row && vault.proofOf(row.id, row.key_id)
      if (!proof) return undefined
      return { ...row, email: row.kind === 'email_change' ? row.pending_email : row.email, token: `${row.id}.${proof}` }
    },

    async deleteExpired() {
      await sql.db.deleteFrom('mailed_tokens').where('expires_at', '<', clock()).orderBy('expires_at').limit(batch).execute()
    },
  }
}
export type MailedTokens = ReturnType<typeof mailedTokens>

/** After a change of e-mail or password, and when the account is erased, the tokens in earlier mails no longer work. */
export const revokeTokens = async (trx: Trx, userId: number, kind?: TokenKind) => {
  const theirs = trx.deleteFrom('mailed_tokens').where('user_id', '=', userId)
  await (kind === undefined ? theirs : theirs.where('kind', '=', kind)).execute()
}
