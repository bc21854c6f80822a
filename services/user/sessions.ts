import type { Selectable } from 'kysely'
import { unauthenticated } from '#shared/errors'
import type { Log } from '#shared/log'
import type { Page, PageQuery } from '#shared/page'
import { record } from './audit'
import type { Clock, Trx, UserDb, UserSql } from './database'
import { digest, randomToken } from './secrets'

export type SessionRow = Selectable<UserDb['sessions']>

/** Where a request came from, as a person would recognise it among their sessions. */
export interface From {
  address: string
  agent: string | null
}

const idleLifeMs = 30 * 24 * 3_600_000
const keptAfterEndMs = 30 * 24 * 3_600_000
const batch = 500

interface Deps {
  sql: UserSql
  clock: Clock
  /** Tells every instance of every service that these sessions have ended. */
  tell: (sids: string[]) => Promise<unknown>
  log: Pick<Log, 'warn'>
}

/**
 * A refresh token is `<family>.<secret>`, both random, both stored hashed. The family is the session's for life, the secret changes with each use:
 * whoever shows a family with a secret that is not its newest has an old token, and then the session ends for thief and owner alike.
 */
export const sessionStore = ({ sql, clock, tell, log }: Deps) => {
  const { db } = sql
  const invalid = () => unauthenticated('invalid_refresh_token', 'The refresh token is not valid any more; log in again.')

  /** After the commit that ended them. What a crash leaves untold, the sweep tells. */
  const announce = async (sids: string[]) => {
    if (sids.length === 0) return
    try {
      await tell(sids)
      await db.updateTable('sessions').set({ announce_due: null }).where('id', 'in', sids).execute()
    } catch (error) {
      log.warn({ err: error }, 'the end of sessions could not be told yet; it is tried again')
    }
  }

  const endReused = async ({ id, user_id }: { id: string; user_id: number }) => {
    const ended = await sql.transaction(async trx => {
      const sids = await endSessions(trx, { sid: id, userId: user_id }, clock())
      if (sids.length > 0) await record(trx, 'session.reuse_detected', { user: user_id })
      return sids
    })
    await announce(ended)
    return unauthenticated('refresh_token_reused', 'This refresh token was used before, so its session has been ended; log in again.')
  }

  return {
    announce,
    async open(trx: Trx, userId: number, { address, agent }: From) {
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

    /** Of two that show the same token at once, one gets the next; the other has shown an old one. */
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

    /** One session of somebody; false when it isn't there, isn't theirs or has ended. */
    async end(userId: number, sid: string): Promise<boolean> {
      const ended = await sql.transaction(async trx => {
        const sids = await endSessions(trx, { userId, sid }, clock())
        if (sids.length > 0) await record(trx, 'session.ended', { user: userId, actor: userId })
        return sids
      })
      await announce(ended)
      return ended.length > 0
    },

    async of(userId: number, { skip, limit }: Pick<PageQuery, 'skip' | 'limit'>): Promise<Page<SessionRow>> {
      const live = db.selectFrom('sessions').where('user_id', '=', userId).where('ended_at', 'is', null).where('expires_at', '>', clock())
      const [items, { total }] = await Promise.all([
        live.selectAll().orderBy('created_at', 'desc').orderBy('id').offset(skip).limit(limit).execute(),
        live.select(row => row.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items, total }
    },

    /** Tells what a crash, or Redis being away, has left untold. */
    async announceDue() {
      const due = await db.selectFrom('sessions').select('id').where('announce_due', '<=', clock()).limit(batch).execute()
      await announce(due.map(({ id }) => id))
    },

    async forgetOld() {
      await db
        .deleteFrom('sessions')
        .where('expires_at', '<', new Date(clock().getTime() - keptAfterEndMs))
        .where('announce_due', 'is', null)
        .limit(batch)
        .execute()
    },
  }
}
export type Sessions = ReturnType<typeof sessionStore>

/** Ends all live sessions of somebody, or one. Stored first: announce them once this is committed. */
export const endSessions = async (trx: Trx, { userId, sid }: { userId: number; sid?: string }, now: Date): Promise<string[]> => {
  const theirs = trx.selectFrom('sessions').select('id').where('user_id', '=', userId).where('ended_at', 'is', null)
  const rows = await (sid === undefined ? theirs : theirs.where('id', '=', sid)).forUpdate().execute()
  const sids = rows.map(({ id }) => id)
  if (sids.length > 0) await trx.updateTable('sessions').set({ ended_at: now, announce_due: now }).where('id', 'in', sids).execute()
  return sids
}
