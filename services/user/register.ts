import { userRegistered } from '#shared/catalog'
import type { RecordAudit } from './audit'
import type { Clock, UserRow, UserSql } from './database'
import { emailOf, usernameOf } from './domain'
import { tooManyMails } from './mail-quotas'
import type { MailedTokens } from './mailed-tokens'
import type { Registration } from './model'
import type { PasswordHashes } from './password-hashes'
import { emailTaken, refuseTakenName, sealedContact, usernameTaken } from './repository'
import type { Vault } from './vault'

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  passwords: PasswordHashes
  tokens: MailedTokens
  recordAudit: RecordAudit
}

export const register =
  ({ sql, vault, clock, passwords, tokens, recordAudit }: Deps) =>
  async (given: Registration): Promise<UserRow> => {
    const email = emailOf(given.email)
    const { username, key } = usernameOf(given.username)
    // Saves a useless hash. The unique keys decide.
    const known = await sql.db
      .selectFrom('users')
      .select('email')
      .where(row => row.or([row('email', '=', email), row('username_key', '=', key)]))
      .execute()
    if (known.some(row => row.email === email)) throw emailTaken()
    if (known.length > 0) throw usernameTaken()
    const password_hash = await passwords.hash(given.password)

    return sql.transaction(async (trx, publish) => {
      const now = clock()
      const full_name = given.full_name.trim()
      const inserting = trx
        .insertInto('users')
        .values({
          ...{ email, username, username_key: key, password_hash, full_name, created_at: now, updated_at: now },
          ...(given.language !== undefined && { language: given.language }),
        })
        .executeTakeFirstOrThrow()
      const id = Number((await refuseTakenName(inserting)).insertId)
      if (given.phone !== undefined || given.address !== undefined) {
        await trx
          .updateTable('users')
          .set(sealedContact(vault, id, given))
          .where('id', '=', id)
          .execute()
      }
      publish(userRegistered({ id, version: 1 }, { user_id: id }))
      if (!(await tokens.issue(trx, publish, { id, version: 1 }, 'email_verification', email))) throw tooManyMails()
      await recordAudit(trx, 'account.registered', { user: id, actor: id })
      return trx.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    })
  }
export type Register = ReturnType<typeof register>
