import type { Selectable } from 'kysely'
import { unauthenticated } from '#shared/errors'
import type { Log } from '#shared/log'
import type { Page, PageQuery } from '#shared/page'
import { day, minute } from '#shared/time'
import type { RecordAudit } from './audit'
import type { ClientOrigin } from './client-origin'
import type { Clock, Trx, UserDb, UserSql } from './database'
import { digest, randomToken } from './secrets'
import type { Vault } from './vault'

export type SessionRow = Selectable<UserDb['sessions']>

export const idleLifeMs = 30 * day
/** How long the token before the newest is answered with the newest again, where its holder cannot know that there is one. */
export const graceMs = minute
const keptAfterEndMs = 30 * day
const batch = 500

const partsOf = (refreshToken: string) => /^(?<family>[\w-]{22})\.(?<secret>[\w-]{22})$/.exec(refreshToken)?.groups

interface Deps {
  sql: UserSql
  vault: Pick<Vault, 'successorsOf'>
  clock: Clock
  /** Makes every instance of every service refuse the tokens of these sessions. */
  revoke: (sids: string[]) => Promise<unknown>
  log: Pick<Log, 'warn'>
  recordAudit: RecordAudit
}

/**
 * A refresh token is `<family>.<secret>`. The first is random, both parts are stored as hashes. The family stays the same for the life of
 * a session; each use derives the next secret. A family with an old secret means that a token was copied, so the session ends for the
 * thief and for the owner.
 */
export const userSessions = ({ sql, vault, clock, revoke, log, recordAudit }: Deps) => {
  const { db } = sql
  const invalid = () => unauthenticated('invalid_refresh_token', 'The refresh token is no longer valid; log in again.')

  const liveOf = (family: string, now: Date) =>
    db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['sessions.id', 'sessions.user_id', 'sessions.refresh_hash', 'sessions.last_used_at', 'users.role', 'users.email'])
      .where('family_hash', '=', digest(family))
      .where('ended_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst()

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

  /** False if the user has no such live session. */
  const end = async (userId: number, sid: string): Promise<boolean> => {
    const ended = await sql.transaction(async trx => {
      const sids = await endSessions(trx, { userId, sid }, clock())
      if (sids.length > 0) await recordAudit(trx, 'session.ended', { user: userId, actor: userId })
      return sids
    })
    await publishEnd(ended)
    return ended.length > 0
  }

  return {
    publishEnd,
    end,
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

    /**
     * When two requests use the same token at the same time, one gets the next token and the other counts as reuse; with `repeatable`,
     * both get the same one, and so does a repetition within the grace.
     */
    async rotate(refreshToken: string, { repeatable = false } = {}) {
      const { family, secret } = partsOf(refreshToken) ?? {}
      if (!family || !secret) throw invalid()
      const now = clock()
      const rotated = ({ id, user_id, role, email }: NonNullable<Awaited<ReturnType<typeof liveOf>>>, next: string) => ({
        sid: id,
        refreshToken: `${family}.${next}`,
        user: { id: user_id, role, email: email ?? '' },
      })
      const successors = vault.successorsOf(refreshToken)
      const [next = ''] = successors
      let session = await liveOf(family, now)
      if (session?.refresh_hash === digest(secret)) {
        const { numUpdatedRows } = await db
          .updateTable('sessions')
          .set({ refresh_hash: digest(next), last_used_at: now, expires_at: new Date(now.getTime() + idleLifeMs) })
          .where('id', '=', session.id)
          .where('refresh_hash', '=', session.refresh_hash)
          .where('ended_at', 'is', null)
          .executeTakeFirst()
        if (numUpdatedRows > 0n) return rotated(session, next)
        session = await liveOf(family, now)
      }
      if (!session) throw invalid()
      const { refresh_hash, last_used_at } = session
      const given = repeatable && now.getTime() - last_used_at.getTime() <= graceMs && successors.find(it => digest(it) === refresh_hash)
      if (given) return rotated(session, given)
      throw await endReused(session)
    },

    /** Ends the session of a refresh token, even of one that was used already. */
    async endOf(refreshToken: string) {
      const { family } = partsOf(refreshToken) ?? {}
      const session = family && (await liveOf(family, clock()))
      if (session) await end(session.user_id, session.id)
    },

    async list(userId: number, { skip, limit }: Pick<PageQuery, 'skip' | 'limit'>): Promise<Page<SessionRow>> {
      const live = db.selectFrom('sessions').where('user_id', '=', userId).where('ended_at', 'is', null).where('expires_at', '>', clock())
      const [items, { total }] = await Promise.all([
        live.selectAll().orderBy('created_at', 'desc').orderBy('id').offset(skip).limit(limit).execute(),
        live.select(row => row.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items, total }
    },

    /** Of these sessions, those that have neither ended nor expired. */
    async live(sids: readonly string[]): Promise<string[]> {
      const rows = await db
        .selectFrom('sessions')
        .select('id')
        .where('id', 'in', sids)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', clock())
        .execute()
      return rows.map(({ id }) => id)
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
