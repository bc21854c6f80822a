import { createHash, createHmac, randomBytes } from 'node:crypto'
import { notFound } from '#shared/errors'
import type { FavouriteSql } from './database'
import { lockOwner } from './repository'

const tokenPattern = /^[A-Za-z0-9_-]{43}$/

interface Ports {
  sql: FavouriteSql
  /** What tokens are made with. */
  secret: string
}

/**
 * A user has one link at most. Its token is 256 bits of an HMAC over a random nonce: whoever reads the database, where its hash and the nonce are,
 * cannot make it, and the owner can have it shown again. With another secret the owner gets a new link, and the old one works until then.
 */
export const shares = ({ sql, secret }: Ports) => {
  const key = createHmac('sha256', secret).update('shared favourites').digest()
  const tokenOf = (nonce: string) => createHmac('sha256', key).update(nonce).digest('base64url')
  const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

  return {
    /** The link that there is, or a new one. */
    open: (userId: number): Promise<{ token: string; isNew: boolean }> =>
      sql.transaction(async trx => {
        await lockOwner(trx, userId)
        const present = await trx.selectFrom('shares').selectAll().where('user_id', '=', userId).executeTakeFirst()
        if (present && hashOf(tokenOf(present.nonce)) === present.token_hash) return { token: tokenOf(present.nonce), isNew: false }
        const nonce = randomBytes(32).toString('base64url')
        const token = tokenOf(nonce)
        const share = { nonce, token_hash: hashOf(token), created_at: new Date() }
        await trx
          .insertInto('shares')
          .values({ user_id: userId, ...share })
          .onDuplicateKeyUpdate(share)
          .execute()
        return { token, isNew: true }
      }),

    async close(userId: number): Promise<void> {
      const { numDeletedRows } = await sql.db.deleteFrom('shares').where('user_id', '=', userId).executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) throw notFound('share')
    },

    /** Whose list a token shows. */
    async ownerOf(token: string): Promise<number> {
      const share = tokenPattern.test(token)
        ? await sql.db.selectFrom('shares').select('user_id').where('token_hash', '=', hashOf(token)).executeTakeFirst()
        : undefined
      if (!share) throw notFound('share')
      return share.user_id
    },
  }
}
export type Shares = ReturnType<typeof shares>
