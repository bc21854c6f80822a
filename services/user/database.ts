import { type ColumnType, type Generated, type QueryExecutorProvider, sql as raw, type Selectable, type Transaction } from 'kysely'
import { Address, addressFields } from '#shared/address'
import type { Role } from '#shared/auth'
import { t } from '#shared/schema'
import { jsonColumn, type Sql } from '#shared/sql'

/** Stored as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

export interface UserDb {
  users: {
    id: Generated<number>
    /** Normalised. Null once the account is erased, like every other column that identifies the person. */
    email: string | null
    /** A new e-mail that replaces the old one once its link has been followed. */
    pending_email: string | null
    username: string | null
    username_key: string | null
    password_hash: string | null
    full_name: string | null
    /** `phone`, `address` and `mfa_secret` are sealed by the vault. */
    phone: string | null
    address: string | null
    language: Generated<string>
    role: Generated<Role>
    blocked: Flag
    email_verified: Flag
    mfa_secret: string | null
    mfa_enabled: Flag
    mfa_last_step: Generated<number>
    version: Generated<number>
    created_at: Generated<Date>
    updated_at: Generated<Date>
    erased_at: Date | null
  }
  addresses: { id: Generated<number>; user_id: number; value: string; is_default: Flag; created_at: Generated<Date> }
  audit_log: {
    id: Generated<number>
    at: Generated<Date>
    action: string
    actor_id: number | null
    /** Whom it concerns; null for what administrators do in other services. */
    user_id: number | null
    detail: string | null
    request_id: string
    /** Of the event that brought the entry. */
    event_id?: string | null
  }
  sessions: {
    id: string
    user_id: number
    family_hash: string
    refresh_hash: string
    user_agent: string | null
    client_address: string | null
    created_at: Date
    last_used_at: Date
    expires_at: Date
    ended_at: Date | null
    announce_due: Date | null
  }
  signing_keys: {
    kid: string
    generation: number
    public_key: string
    private_key: string
    signs_from: Date
    created_at: Generated<Date>
  }
  mailed_tokens: { id: string; user_id: number; kind: string; key_id: string; created_at: Date; expires_at: Date }
  email_warnings: { id: string; user_id: number; email: string; expires_at: Date }
  /** `sent` holds the times of the mails of the last hour. */
  mail_quotas: { subject: string; kind: string; sent: string; updated_at: Date }
  /** What a login is compared with: hashes of devices and networks. */
  known_origins: { user_id: number; hash: string; seen_at: Generated<Date> }
  data_keys: { id: string; seen_at: Generated<Date> }
  recovery_codes: { user_id: number; code_hash: string }
  mfa_challenges: { id_hash: string; user_id: number; tries: Generated<number>; created_at: Generated<Date>; expires_at: Date }
}

/** What `users.address` and `addresses.value` hold under their seal. */
export const addressColumn = jsonColumn(Address)
export const savedAddressColumn = jsonColumn(t.Object({ label: t.Optional(t.String()), ...addressFields }))

/** Both halves of a signing key, as JSON Web Keys; the private half is sealed. */
const publicKey = { kty: t.String(), crv: t.String(), x: t.String() }
export const publicKeyColumn = jsonColumn(t.Object(publicKey))
export const privateKeyColumn = jsonColumn(t.Object({ ...publicKey, d: t.String() }))

/** The schema of the audit log, beside the service's own. */
export const auditSchemaOf = async (db: QueryExecutorProvider): Promise<string> => {
  const { rows } = await raw<{ name: string }>`select database() as name`.execute(db)
  return `${rows[0]?.name}_audit`
}

export type UserRow = Selectable<UserDb['users']>
export type UserSql = Sql<UserDb>
export type Trx = Transaction<UserDb>
/** The current time, so that tests can set it. */
export type Clock = () => Date
