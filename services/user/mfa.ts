import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { conflict, invalid, unauthenticated } from '#shared/errors'
import { lockUser } from './accounts'
import { record } from './audit'
import type { Clock, Trx, UserRow, UserSql } from './database'
import { lockout } from './domain'
import type { Lockouts } from './lockout'
import { digest, randomToken } from './secrets'
import type { Vault } from './vault'

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  lockouts: Lockouts
}

const maxTries = 5
const challengeLifeMs = 5 * 60_000
const recoveryCodeCount = 10
const batch = 500

const totp = (user: Pick<UserRow, 'email'>, secret: Secret) =>
  new TOTP({ issuer: 'Shop', label: user.email ?? '', algorithm: 'SHA1', digits: 6, period: 30, secret })

/** 80 random bits, in four groups that can be typed. */
const newRecoveryCode = () => new Secret({ buffer: new Uint8Array(randomBytes(10)).buffer }).base32.match(/.{4}/g)!.join('-')
const recoveryHash = (code: string) => digest(code.toUpperCase().replaceAll(/[^A-Z2-7]/g, ''))

export const mfaStore = ({ sql, vault, clock, lockouts }: Deps) => {
  const { db } = sql
  const place = (id: number) => `users.mfa_secret:${id}` as const
  const wrongCode = () => unauthenticated('invalid_code', 'The code is wrong, was used before, or the challenge is over.')
  /** Only whoever knows the password gets this far, so the account as a whole may wait, whatever addresses the guesses come from. */
  const attempts = (userId: number) => lockouts(`mfa ${userId}`)

  /** The time step that a code stands for: one before, now, or one after; and never one that was used, or an earlier one. */
  const stepOf = (user: UserRow, code: string): number | undefined => {
    if (!user.mfa_secret || !/^\d{6}$/.test(code)) return undefined
    const timestamp = clock().getTime()
    const delta = totp(user, Secret.fromBase32(vault.open(user.mfa_secret, place(user.id)))).validate({ token: code, timestamp, window: 1 })
    if (delta === null) return undefined
    const step = TOTP.counter({ period: 30, timestamp }) + delta
    return step > user.mfa_last_step ? step : undefined
  }

  /** Takes a code or a recovery code, under the lock of the user's row, so that neither works twice. */
  const accept = async (trx: Trx, user: UserRow, given: string): Promise<boolean> => {
    const code = given.trim()
    const step = stepOf(user, code)
    if (step !== undefined) {
      await trx.updateTable('users').set({ mfa_last_step: step }).where('id', '=', user.id).execute()
      return true
    }
    const { numDeletedRows } = await trx
      .deleteFrom('recovery_codes')
      .where('user_id', '=', user.id)
      .where('code_hash', '=', recoveryHash(code))
      .executeTakeFirst()
    if (numDeletedRows === 0n) return false
    await record(trx, 'mfa.recovery_code_used', { user: user.id, actor: user.id })
    return true
  }

  return {
    /** A secret that counts once a code of it has been shown. Beginning anew replaces one that was not. */
    begin: (userId: number) =>
      sql.transaction(async trx => {
        const user = await lockUser(trx, userId)
        if (user.mfa_enabled === 1) throw conflict('mfa_enabled', 'Two-factor login is on already; turn it off first.')
        const secret = new Secret({ size: 20 })
        await trx
          .updateTable('users')
          .set({ mfa_secret: vault.seal(secret.base32, place(userId)) })
          .where('id', '=', userId)
          .execute()
        return { secret: secret.base32, otpauth_uri: totp(user, secret).toString() }
      }),

    async enable(userId: number, code: string): Promise<string[]> {
      const attempt = attempts(userId)
      await attempt.check()
      const codes = await sql.transaction(async trx => {
        const user = await lockUser(trx, userId)
        if (user.mfa_enabled === 1) throw conflict('mfa_enabled', 'Two-factor login is on already.')
        if (!user.mfa_secret) throw conflict('mfa_not_begun', 'Begin with POST /api/users/me/mfa.')
        const step = stepOf(user, code.trim())
        if (step === undefined) return undefined
        const codes = Array.from({ length: recoveryCodeCount }, newRecoveryCode)
        await trx.updateTable('users').set({ mfa_enabled: true, mfa_last_step: step }).where('id', '=', userId).execute()
        await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
        await trx
          .insertInto('recovery_codes')
          .values(codes.map(code => ({ user_id: userId, code_hash: recoveryHash(code) })))
          .execute()
        await record(trx, 'mfa.enabled', { user: userId, actor: userId })
        return codes
      })
      await attempt.settle(codes !== undefined)
      if (!codes) throw invalid('invalid_code', 'The code is wrong; check the clock of the device and send the newest one.')
      return codes
    },

    disable: (userId: number) =>
      sql.transaction(async trx => {
        const user = await lockUser(trx, userId)
        await trx.updateTable('users').set({ mfa_secret: null, mfa_enabled: false }).where('id', '=', userId).execute()
        await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
        await endChallenges(trx, userId)
        if (user.mfa_enabled === 1) await record(trx, 'mfa.disabled', { user: userId, actor: userId })
      }),

    async challenge(trx: Trx, userId: number): Promise<string> {
      const challenge = randomToken(24)
      const expires = new Date(clock().getTime() + challengeLifeMs)
      await trx
        .insertInto('mfa_challenges')
        .values({ id_hash: digest(challenge), user_id: userId, expires_at: expires })
        .execute()
      return challenge
    },

    /** Lets in whoever answers a challenge. A try is counted before it is looked at, so no number of tries at once is more than five. */
    async pass<T>(challenge: string, code: string, enter: (trx: Trx, user: UserRow) => Promise<T>): Promise<T> {
      const id_hash = digest(challenge)
      const open = await db.selectFrom('mfa_challenges').select('user_id').where('id_hash', '=', id_hash).executeTakeFirst()
      if (!open) throw wrongCode()
      const attempt = attempts(open.user_id)
      await attempt.check()
      const { numUpdatedRows } = await db
        .updateTable('mfa_challenges')
        .set(row => ({ tries: row('tries', '+', 1) }))
        .where('id_hash', '=', id_hash)
        .where('tries', '<', maxTries)
        .where('expires_at', '>', clock())
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw wrongCode()
      return sql.transaction(async trx => {
        const user = await lockUser(trx, open.user_id)
        const { numDeletedRows } = await trx.deleteFrom('mfa_challenges').where('id_hash', '=', id_hash).executeTakeFirst()
        if (numDeletedRows === 0n) throw wrongCode()
        const right = await accept(trx, user, code)
        // Settled before the commit: a right guess among too many wrong ones lets nobody in.
        await attempt.settle(right)
        if (!right) throw wrongCode()
        return enter(trx, user)
      })
    },

    async forgetOld() {
      await db.deleteFrom('mfa_challenges').where('expires_at', '<', clock()).limit(batch).execute()
    },
  }
}
export type Mfa = ReturnType<typeof mfaStore>

/** More than a challenge's five, since whoever mistypes one challenge away may begin another. */
export const mfaLockout = { ...lockout, freeFailures: 2 * maxTries }

export const endChallenges = async (trx: Trx, userId: number) => {
  await trx.deleteFrom('mfa_challenges').where('user_id', '=', userId).execute()
}
