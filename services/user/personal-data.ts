import { userDeleted } from '#shared/catalog'
import { AppError, conflict } from '#shared/errors'
import type { ServiceName } from '#shared/platform'
import { type Accounts, lockUser } from './accounts'
import type { AddressBook } from './addresses'
import { lockAdmins } from './admin'
import { type AuditTrail, record } from './audit'
import type { Clock, UserSql } from './database'
import { requireAnotherAdmin } from './domain'
import { revokeTokens } from './mailed-tokens'
import { endChallenges } from './mfa'
import { auditView, myProfileView, sessionView } from './model'
import { endSessions, type Sessions } from './sessions'
import type { Vault } from './vault'

/** Another service that keeps something about a person. */
export interface Holder {
  name: ServiceName
  /** Its answer to `GET /internal/users/:id/export`, within its deadline. */
  exportOf(userId: number): Promise<unknown>
}

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  accounts: Accounts
  addresses: AddressBook
  sessions: Sessions
  audit: AuditTrail
  holders: readonly Holder[]
  /** How many orders of somebody are still under way. */
  openOrders(userId: number): Promise<number>
}

const most = { skip: 0, limit: 10_000 }

/** What the platform knows about a person, and how it forgets it. */
export const personalData = ({ sql, vault, clock, accounts, addresses, sessions, audit, holders, openOrders }: Deps) => {
  /** All or nothing: an export that lacks a part would look like one that is whole. */
  const heldElsewhere = async (userId: number): Promise<Record<string, unknown>> => {
    const parts = await Promise.all(
      holders.map(async ({ name, exportOf }) => {
        const part = await exportOf(userId).catch(cause => {
          const message = `The ${name} service could not tell what it holds; ask for the export again later.`
          throw new AppError('unavailable', 'export_incomplete', message, { retryAfter: 5, cause })
        })
        return [name, part] as const
      }),
    )
    return Object.fromEntries(parts)
  }

  return {
    async exportOf(userId: number, sid: string) {
      const [user, saved, live, log, services] = await Promise.all([
        accounts.byId(userId),
        addresses.of(userId),
        sessions.of(userId, most),
        audit.list({ ...most, user_id: userId }),
        heldElsewhere(userId),
      ])
      return {
        exported_at: clock().toISOString(),
        profile: myProfileView(vault, user),
        addresses: saved,
        sessions: live.items.map(sessionView(sid)),
        audit: log.items.map(auditView),
        services,
      }
    },

    /** Empties the row of what says who it was; name and e-mail are free again, and the other services follow by the event. */
    async erase(userId: number): Promise<void> {
      if ((await openOrders(userId)) > 0)
        throw conflict('open_orders', 'An order is still under way; wait until it has arrived, or cancel it.')
      const ended = await sql.transaction(async (trx, publish) => {
        const admins = await lockAdmins(trx)
        const user = await lockUser(trx, userId)
        requireAnotherAdmin(admins, userId)
        const sids = await endSessions(trx, { userId }, clock())
        const nothing = {
          email: null,
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
            ...nothing,
            mfa_secret: null,
            mfa_enabled: false,
            role: 'customer',
            version: user.version + 1,
            updated_at: clock(),
            erased_at: clock(),
          })
          .where('id', '=', userId)
          .execute()
        await trx.deleteFrom('addresses').where('user_id', '=', userId).execute()
        await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
        await trx.updateTable('sessions').set({ user_agent: null, client_address: null }).where('user_id', '=', userId).execute()
        await revokeTokens(trx, userId)
        await endChallenges(trx, userId)
        await record(trx, 'account.erased', { user: userId, actor: userId })
        publish(userDeleted({ id: userId, version: user.version + 1 }, { user_id: userId }))
        return sids
      })
      await sessions.announce(ended)
    },
  }
}
export type PersonalData = ReturnType<typeof personalData>
