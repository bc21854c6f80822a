import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { conflict, invalid, unauthenticated } from '#shared/errors'
import type { Publish } from '#shared/event'
import { minute } from '#shared/time'
import type { RecordAudit } from './audit'
import type { Clock, Trx, UserRow, UserSql } from './database'
import { lockout } from './domain'
import type { FailedLogins } from './failed-logins'
import type { LoginLockouts } from './lockouts'
import { lockUser } from './repository'
import { digest, randomToken } from './secrets'
import type { Vault } from './vault'

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  lockouts: LoginLockouts
  recordFailure: FailedLogins
  recordAudit: RecordAudit
}

const maxTries = 5
const challengeLifeMs = 5 * minute
const recoveryCodeCount = 10
const batch = 500

const totp = (user: Pick<UserRow, 'email'>, secret: Secret) =>
  new TOTP({ issuer: 'Shop', label: user.email ?? '', algorithm: 'SHA1', digits: 6, period: 30, secret })

/** 80 random bits, in four groups so that it can be typed. */
const newRecoveryCode = () => new Secret({ buffer: new Uint8Array(randomBytes(10)).buffer }).base32.replaceAll(/.{4}(?!$)/g, '$&-')
const recoveryHash = (code: string) => digest(code.toUpperCase().replaceAll(/[^A-Z2-7]/g, ''))

/** Two-factor login: time-based codes from an authenticator app, and recovery codes. */
export const secondFactors = ({ sql, vault, clock, lockouts, recordFailure, recordAudit }: Deps) => {
  const { db } = sql
  const cell = (id: number) => `users.mfa_secret:${id}` as const
  const wrongCode = () =>
    unauthenticated('invalid_code', 'The code is wrong or used, or the challenge has expired: send a new code, or log in again.')
  /** Counted per account and not per address: only somebody who knows the password gets this far. */
  const attempts = (userId: number) => lockouts(`mfa ${userId}`)

  /** The time step of a code: the current one or one beside it, but only if it is later than the last step used. */
  const stepOf = (user: UserRow, code: string): number | undefined => {
    if (!user.mfa_secret || !/^\d{6}$/.test(code)) return undefined
    const timestamp = clock().getTime()
    const delta = totp(user, Secret.fromBase32(vault.open(user.mfa_secret, cell(user.id)))).validate({ token: code, timestamp, window: 1 })
    if (delta === null) return undefined
    const step = TOTP.counter({ period: 30, timestamp }) + delta
    return step > user.mfa_last_step ? step : undefined
  }

  /** Uses up a code or a recovery code. The caller has locked the user's row, so neither works twice. */
  const useCode = async (trx: Trx, user: UserRow, given: string): Promise<boolean> => {
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
    await recordAudit(trx, 'mfa.recovery_code_used', { user: user.id, actor: user.id })
    return true
  }

  /** Called before the commit: a right code that comes after too many wrong ones is refused, and not used up. */
  const settleCode = async (attempt: ReturnType<LoginLockouts>, userId: number, right: boolean) => {
    const { locked } = await attempt.settle(right)
    if (!right) recordFailure(userId, { with: 'code', locked })
  }

  const replaceRecoveryCodes = async (trx: Trx, userId: number): Promise<string[]> => {
    const codes = Array.from({ length: recoveryCodeCount }, newRecoveryCode)
    await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
    await trx
      .insertInto('recovery_codes')
      .values(codes.map(code => ({ user_id: userId, code_hash: recoveryHash(code) })))
      .execute()
    return codes
  }

  const turnOff = (userId: number, { action, actor }: { action: 'mfa.disabled' | 'mfa.reset'; actor: number }) =>
    sql.transaction(async trx => {
      const user = await lockUser(trx, userId)
      await removeSecondFactor(trx, userId)
      if (user.mfa_enabled === 1) await recordAudit(trx, action, { user: userId, actor })
    })

  return {
    /** Issues a secret, which is enabled once a code of it has been sent. Beginning again replaces a secret that is not enabled. */
    begin: (userId: number) =>
      sql.transaction(async trx => {
        const user = await lockUser(trx, userId)
        if (user.mfa_enabled === 1) throw conflict('mfa_enabled', 'Two-factor login is already on; turn it off first.')
        const secret = new Secret({ size: 20 })
        await trx
          .updateTable('users')
          .set({ mfa_secret: vault.seal(secret.base32, cell(userId)) })
          .where('id', '=', userId)
          .execute()
        return { secret: secret.base32, otpauth_uri: totp(user, secret).toString() }
      }),

    /** Whether the code is right, which uses it up. */
    async confirm(userId: number, code: string): Promise<boolean> {
      const attempt = attempts(userId)
      await attempt.check()
      return sql.transaction(async trx => {
        const user = await lockUser(trx, userId)
        const right = user.mfa_enabled === 1 && (await useCode(trx, user, code))
        await settleCode(attempt, userId, right)
        return right
      })
    },

    async enable(userId: number, code: string): Promise<string[]> {
      const attempt = attempts(userId)
      await attempt.check()
      return sql.transaction(async trx => {
        const user = await lockUser(trx, userId)
        if (user.mfa_enabled === 1) throw conflict('mfa_enabled', 'Two-factor login is already on; turn it off before you begin again.')
        if (!user.mfa_secret) throw conflict('mfa_not_begun', 'There is no secret to verify yet; begin with POST /api/users/me/mfa.')
        const step = stepOf(user, code.trim())
        // Before the commit: a right code that is refused must not turn it on, since nobody would see the recovery codes.
        await attempt.settle(step !== undefined)
        if (step === undefined) throw invalid('invalid_code', 'The code is wrong; check the clock of the device and send the newest code.')
        await trx.updateTable('users').set({ mfa_enabled: true, mfa_last_step: step }).where('id', '=', userId).execute()
        await recordAudit(trx, 'mfa.enabled', { user: userId, actor: userId })
        return replaceRecoveryCodes(trx, userId)
      })
    },

    /** Ten new recovery codes; the old ones no longer work. */
    renewRecoveryCodes: (userId: number): Promise<string[]> =>
      sql.transaction(async trx => {
        const user = await lockUser(trx, userId)
        if (user.mfa_enabled === 0) throw conflict('mfa_not_enabled', 'Two-factor login is off; recovery codes come with turning it on.')
        await recordAudit(trx, 'mfa.recovery_codes_renewed', { user: userId, actor: userId })
        return replaceRecoveryCodes(trx, userId)
      }),

    disable: (userId: number) => turnOff(userId, { action: 'mfa.disabled', actor: userId }),

    /** By an administrator, for a user who has lost the device and the recovery codes. */
    reset(userId: number, actor: number) {
      if (userId === actor)
        throw conflict('own_account', 'An administrator turns off their own two-factor login at DELETE /api/users/me/mfa, with a proof.')
      return turnOff(userId, { action: 'mfa.reset', actor })
    },

    async challenge(trx: Trx, userId: number): Promise<string> {
      const challenge = randomToken(24)
      const expires = new Date(clock().getTime() + challengeLifeMs)
      await trx
        .insertInto('mfa_challenges')
        .values({ id_hash: digest(challenge), user_id: userId, expires_at: expires })
        .execute()
      return challenge
    },

    /** Runs `enter` if the code is right. A try is counted before its code is checked, so simultaneous tries do not exceed the limit. */
    async answer<T>(challenge: string, code: string, enter: (trx: Trx, publish: Publish, user: UserRow) => Promise<T>): Promise<T> {
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
      return sql.transaction(async (trx, publish) => {
        const user = await lockUser(trx, open.user_id)
        const { numDeletedRows } = await trx.deleteFrom('mfa_challenges').where('id_hash', '=', id_hash).executeTakeFirst()
        if (numDeletedRows === 0n) throw wrongCode()
        const right = await useCode(trx, user, code)
        await settleCode(attempt, user.id, right)
        if (!right) throw wrongCode()
        return enter(trx, publish, user)
      })
    },

    async deleteExpired() {
      await db.deleteFrom('mfa_challenges').where('expires_at', '<', clock()).orderBy('expires_at').limit(batch).execute()
    },
  }
}
export type SecondFactors = ReturnType<typeof secondFactors>

/** Twice the tries of a challenge, so that a user who has used up one challenge can try another. */
export const mfaLockout = { ...lockout, freeFailures: 2 * maxTries }

/** The caller has locked the user's row. */
export const removeSecondFactor = async (trx: Trx, userId: number) => {
  await trx.updateTable('users').set({ mfa_secret: null, mfa_enabled: false }).where('id', '=', userId).execute()
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  await endChallenges(trx, userId)
}

export const endChallenges = async (trx: Trx, userId: number) => {
  await trx.deleteFrom('mfa_challenges').where('user_id', '=', userId).execute()
}
