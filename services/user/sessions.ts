import type { Selectable } from 'kysely'
import { unauthenticated } from '#shared/errors'
import type { Log } from '#shared/log'
import type { Page, PageQuery } from '#shared/page'
import { day } from '#shared/time'
import type { RecordAudit } from './audit'
import type { ClientOrigin } from './client-origin'
import type { Clock, Trx, UserDb, UserSql } from './database'
import { digest, randomToken } from './secrets'

export type SessionRow = Selectable<UserDb['sessions']>

const idleLifeMs = 30 * day
const keptAfterEndMs = 30 * day
const batch = 500

interface Deps {
  sql: UserSql
  clock: Clock
  /** Makes every instance of every service refuse the tokens of these sessions. */
  revoke: (sids: string[]) => Promise<unknown>
  log: Pick<Log, 'warn'>
  recordAudit: RecordAudit
}

/**
 * A refresh token is `<family>.<secret>`. Both parts are random and stored as hashes. The family stays the same for the life of a
 * session; the secret changes with each use. A family with an old secret means that a token was copied, so the session ends for the thief
 * and for the owner.
 */
export const userSessions = ({ sql, clock, revoke, log, recordAudit }: Deps) => {
  const { db } = sql
  const invalid = () => unauthenticated('invalid_refresh_token', 'The refresh token is no longer valid; log in again.')

  /** Call it after the commit that ended the sessions. The sweep publishes what a crash or a Redis outage left. */
  const publishEnd = async (sids: string[]) => {
    if (sids.length === 0) return
    try {
      await revoke(sids)
      await db.updateTable('sessions').set({ announce_due: null }).where('id', 'in', sids).execute()
    } catch (error) {
      log.warn({ err: error }, 'the end of sessions could not be published; it is tried again')
    }
  }

  const endReused = async ({ id, user_id }: { id: string; user_id: number }) => {
    const ended = await sql.transaction(async trx => {
      const sids = await endSessions(trx, { sid: id, userId: user_id }, clock())
      if (sids.length > 0) await recordAudit(trx, 'session.reuse_detected', { user: user_id })
      return sids
    })
    await publishEnd(ended)
    return unauthenticated('refresh_token_reused', 'This refresh token was used before, so its session has been ended; log in again.')
  }

  return {
    publishEnd,
    async open(trx: Trx, userId: number, { address, agent }: ClientOrigin) {
      const now = clock()
      const sid = randomToken(24)
      const family = randomToken(16)
      const secret = randomToken(16)
      await trx
        .insertInto('sessions')
        .values({
          id: sid,
          user_id: userId,
          family_hash: digest(family),
          refresh_hash: digest(secret),
          user_agent: agent?.slice(0, 200) ?? null,
          client_address: address.slice(0, 45),
          created_at: now,
          last_used_at: now,
          expires_at: new Date(now.getTime() + idleLifeMs),
          ended_at: null,
          announce_due: null,
        })
        .execute()
      return { sid, refreshToken: `${family}.${secret}` }
    },

    /** When two requests use the same token at the same time, one gets the next token and the other counts as reuse. */
    async rotate(refreshToken: string) {
      const [, family, secret] = /^([\w-]{22})\.([\w-]{22})$/.exec(refreshToken) ?? []
      if (!family || !secret) throw invalid()
      const now = clock()
      const session = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .select(['sessions.id', 'sessions.user_id', 'sessions.refresh_hash', 'users.role', 'users.email'])
        .where('family_hash', '=', digest(family))
        .where('ended_at', 'is', null)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      if (!session) throw invalid()
      if (session.refresh_hash !== digest(secret)) throw await endReused(session)
      const next = randomToken(16)
      const { numUpdatedRows } = await db
        .updateTable('sessions')
        .set({ refresh_hash: digest(next), last_used_at: now, expires_at: new Date(now.getTime() + idleLifeMs) })
        .where('id', '=', session.id)
        .where('refresh_hash', '=', session.refresh_hash)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw await endReused(session)
      return {
        sid: session.id,
        refreshToken: `${family}.${next}`,
        user: { id: session.user_id, role: session.role, email: session.email ?? '' },
      }
    },

    /** False if the user has no such live session. */
    async end(userId: number, sid: string): Promise<boolean> {
      const ended = await sql.transaction(async trx => {
        const sids = await endSessions(trx, { userId, sid }, clock())
        if (sids.length > 0) await recordAudit(trx, 'session.ended', { user: userId, actor: userId })
        return sids
      })
      await publishEnd(ended)
      return ended.length > 0
    },

    async list(userId: number, { skip, limit }: Pick<PageQuery, 'skip' | 'limit'>): Promise<Page<SessionRow>> {
      const live = db.selectFrom('sessions').where('user_id', '=', userId).where('ended_at', 'is', null).where('expires_at', '>', clock())
      const [items, { total }] = await Promise.all([
        live.selectAll().orderBy('created_at', 'desc').orderBy('id').offset(skip).limit(limit).execute(),
        live.select(row => row.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items, total }
    },

    /** Publishes the ends that a crash or a Redis outage left unpublished. */
    async publishDue() {
      const now = clock()
      const due = await db
        .selectFrom('sessions')
        .select('id')
        .where('announce_due', '<=', now)
        .orderBy('announce_due')
        .limit(batch)
        .execute()
      await publishEnd(due.map(({ id }) => id))
    },

    async deleteExpired() {
      await db
        .deleteFrom('sessions')
        .where('expires_at', '<', new Date(clock().getTime() - keptAfterEndMs))
        .where('announce_due', 'is', null)
        .orderBy('expires_at')
        .limit(batch)
        .execute()
    },
  }
}
export type Sessions = ReturnType<typeof userSessions>

/** Ends one live session of a user, or all of them. Once this is committed, pass the result to `publishEnd`. */
export const endSessions = async (trx: Trx, { userId, sid }: { userId: number; sid?: string }, now: Date): Promise<string[]> => {
  const theirs = trx.selectFrom('sessions').select('id').where('user_id', '=', userId).where('ended_at', 'is', null)
  const rows = await (sid === undefined ? theirs : theirs.where('id', '=', sid)).forUpdate().execute()
  const sids = rows.map(({ id }) => id)
  if (sids.length > 0) await trx.updateTable('sessions').set({ ended_at: now, announce_due: now }).where('id', 'in', sids).execute()
  return sids
}
