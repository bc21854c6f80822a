import { userDeleted } from '#shared/catalog'
import { AppError, conflict } from '#shared/errors'
import { forgetAnswers } from '#shared/idempotency'
import type { Audit } from './audit'
import type { ClientOrigin } from './client-origin'
import type { UserClients } from './clients'
import type { ConfirmOwner } from './confirm-owner'
import type { Clock, UserSql } from './database'
import { requireAnotherAdmin, requireNoAdmin } from './domain'
import type { EmailWarnings } from './email-warnings'
import { revokeTokens } from './mailed-tokens'
import { auditView, myProfileView, type OwnerProof, sessionView } from './model'
import { type Accounts, lockAdmins, lockUser } from './repository'
import type { SavedAddresses } from './saved-addresses'
import { endChallenges } from './second-factors'
import { endSessions, type Sessions } from './sessions'
import type { Vault } from './vault'

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  accounts: Accounts
  addresses: SavedAddresses
  sessions: Sessions
  audit: Audit
  warnings: EmailWarnings
  confirm: ConfirmOwner
  clients: UserClients
}

const most = { skip: 0, limit: 10_000 }

/** The export and the erasure of what the platform holds about a user. */
export const personalData = ({ sql, vault, clock, accounts, addresses, sessions, audit, warnings, confirm, clients }: Deps) => {
  /** Fails if one service fails: an export without a part would look complete. */
  const heldElsewhere = async (userId: number): Promise<Record<string, unknown>> => {
    const parts = await Promise.all(
      clients.dataHolders.map(async ({ name, exportOf }) => {
        const part = await exportOf(userId).catch(cause => {
          const message = `The ${name} service does not answer, so the export would be incomplete; ask for it again later.`
          throw new AppError('unavailable', 'export_incomplete', message, { retryAfter: 5, cause })
        })
        return [name, part] as const
      }),
    )
    return Object.fromEntries(parts)
  }

  /** Empties every column that identifies the user, which frees the names. The event makes the other services erase their data. */
  const erase = async (userId: number, actor: number): Promise<void> => {
    if ((await clients.openOrders(userId)) > 0)
      throw conflict('open_orders', 'An order is still under way; wait until it has arrived, or cancel it.')
    const ended = await sql.transaction(async (trx, publish) => {
      const admins = await lockAdmins(trx)
      const user = await lockUser(trx, userId)
      if (userId === actor) requireAnotherAdmin(admins, userId)
      else requireNoAdmin(user.role)
      const sids = await endSessions(trx, { userId }, clock())
      const cleared = {
        email: null,
        pending_email: null,
        username: null,
        username_key: null,
        password_hash: null,
        full_name: null,
        phone: null,
        address: null,
      }
      await trx
        .updateTable('users')
        .set({
          ...cleared,
          mfa_secret: null,
          mfa_enabled: false,
          role: 'customer',
          version: user.version + 1,
          updated_at: clock(),
          erased_at: clock(),
        })
        .where('id', '=', userId)
        .execute()
      for (const table of ['addresses', 'email_warnings', 'known_origins', 'recovery_codes'] as const)
        await trx.deleteFrom(table).where('user_id', '=', userId).execute()
      await trx.updateTable('sessions').set({ user_agent: null, client_address: null }).where('user_id', '=', userId).execute()
      await revokeTokens(trx, userId)
      await forgetAnswers(sql, trx, userId)
      await endChallenges(trx, userId)
      await audit.record(trx, 'account.erased', { user: userId, actor })
      publish(userDeleted({ id: userId, version: user.version + 1 }, { user_id: userId }))
      return sids
    })
    await sessions.publishEnd(ended)
  }

  /**
   * Nothing of the person is left here, but perhaps in another service that was restored from a backup: the event makes all of them erase
   * again. Orders that the backup has as open do not hinder it: the account was erased when they were over.
   */
  const eraseAgain = (userId: number, actor: number): Promise<void> =>
    sql.transaction(async (trx, publish) => {
      const erased = trx.selectFrom('users').select('version').where('id', '=', userId).where('erased_at', 'is not', null)
      const version = (await erased.forUpdate().executeTakeFirstOrThrow()).version + 1
      await trx.updateTable('users').set({ version, updated_at: clock() }).where('id', '=', userId).execute()
      await audit.record(trx, 'account.erased', { user: userId, actor, detail: 'again' })
      publish(userDeleted({ id: userId, version }, { user_id: userId }))
    })

  return {
    async exportOf(userId: number, sid: string) {
      const [user, saved, former, live, log, services] = await Promise.all([
        accounts.byId(userId),
        addresses.list(userId),
        warnings.addressesOf(userId),
        sessions.list(userId, most),
        audit.list({ ...most, user_id: userId }),
        heldElsewhere(userId),
      ])
      return {
        exported_at: clock().toISOString(),
        profile: myProfileView(vault, user),
        addresses: saved,
        warned_emails: former,
        sessions: live.items.map(sessionView(sid)),
        audit: log.items.map(auditView),
        services,
      }
    },

    async eraseOwn(userId: number, proof: OwnerProof, origin: ClientOrigin): Promise<void> {
      await confirm(userId, proof, origin)
      await erase(userId, userId)
    },

    /** Cannot be undone, so an administrator's access token alone is not enough for it. */
    async eraseOther(userId: number, actor: number, proof: OwnerProof, origin: ClientOrigin): Promise<void> {
      if (userId === actor) throw conflict('own_account', 'An administrator erases their own account at DELETE /api/users/me.')
      await confirm(actor, proof, origin)
      if (await accounts.isErased(userId)) return eraseAgain(userId, actor)
      await erase(userId, actor)
    },
  }
}
export type PersonalData = ReturnType<typeof personalData>
