import { Address, AddressInput, addressFields, countryCode, placeOf, placeProblems } from '#shared/address'
import { closed, failing, Id, integerText, named, type Static, Time, t, text } from '#shared/schema'
import type { AuditRow } from './audit'
import { addressColumn, type UserRow } from './database'
import { Code, GivenPassword } from './login-model'
import type { SessionRow } from './sessions'
import type { Vault } from './vault'

const Email = t.String({ minLength: 3, maxLength: 320, pattern: '^[^@]+@[^@]+\\.[^@]+$', examples: ['ann@example.com'] })
const Phone = text(40, '0123456789')
const Language = t.String({ pattern: '^[a-z]{2}(-[A-Z]{2})?$', examples: ['en'] })
const NewPassword = t.String({ minLength: 8, maxLength: 128, examples: ['correct horse battery'] })
export const Registration = named(
  'Registration',
  closed({
    email: Email,
    username: text(64, 'ann'),
    password: NewPassword,
    full_name: text(200, 'Ann Lee'),
    phone: t.Optional(Phone),
    address: t.Optional(AddressInput),
    language: t.Optional(Language),
  }),
)
export type Registration = Static<typeof Registration>

/** Either of them shows that the request comes from the owner, and not only from somebody who has the access token. */
const ownerProof = { current_password: t.Optional(GivenPassword), code: t.Optional(Code) }
export const OwnerProof = named(
  'OwnerProof',
  closed(ownerProof, {
    description: 'current_password, or a code where two-factor login is on',
    examples: [{ current_password: 'correct horse battery' }],
  }),
)
export type OwnerProof = Static<typeof OwnerProof>
export const PasswordChange = named(
  'PasswordChange',
  closed(
    { ...ownerProof, new_password: NewPassword },
    { examples: [{ current_password: 'correct horse battery', new_password: 'wrong donkey charger' }] },
  ),
)
export type PasswordChange = Static<typeof PasswordChange>
export const ResetRequest = named('PasswordResetRequest', closed({ email: Email }))
const Token = t.String({ minLength: 1, maxLength: 200, examples: ['the token from the mail'] })
export const PasswordReset = named('PasswordReset', closed({ token: Token, new_password: NewPassword }))
export const EmailVerification = named('EmailVerification', closed({ token: Token }))

const profile = {
  id: Id,
  email: t.String({ examples: ['ann@example.com'] }),
  username: t.String({ examples: ['ann'] }),
  full_name: t.String({ examples: ['Ann Lee'] }),
  phone: t.Union([t.String({ examples: ['0123456789'] }), t.Null()]),
  address: t.Union([Address, t.Null()]),
  role: named('Role', t.Union([t.Literal('customer'), t.Literal('admin')])),
  email_verified: t.Boolean(),
  created_at: Time,
}
export const Profile = named('Profile', t.Object(profile))
export const MyProfile = named(
  'MyProfile',
  t.Object({
    ...profile,
    pending_email: t.Union([t.String({ examples: ['ann@example.org'] }), t.Null()], {
      description: 'A new e-mail whose link has not been followed yet',
    }),
    language: t.String({ examples: ['en'] }),
    mfa_enabled: t.Boolean(),
    updated_at: Time,
  }),
)
export const ManagedAccount = named('Account', t.Object({ ...profile, blocked: t.Boolean(), mfa_enabled: t.Boolean(), updated_at: Time }))

export const ProfileChange = named(
  'ProfileChange',
  closed(
    {
      email: t.Optional(Email),
      ...ownerProof,
      username: t.Optional(text(64, 'ann')),
      full_name: t.Optional(text(200, 'Ann Lee')),
      phone: t.Optional(t.Union([Phone, t.Null()])),
      address: t.Optional(t.Union([AddressInput, t.Null()])),
      language: t.Optional(Language),
    },
    {
      minProperties: 1,
      description:
        'A new e-mail needs current_password as well, or code where two-factor login is on; it takes effect once its link is followed',
      examples: [{ full_name: 'Ann Lee', phone: '0123456789' }],
    },
  ),
)
export type ProfileChange = Static<typeof ProfileChange>

export const ManagedChange = named(
  'AccountChange',
  closed({ role: t.Optional(profile.role), blocked: t.Optional(t.Boolean()) }, { minProperties: 1, examples: [{ blocked: true }] }),
)
export type ManagedChange = Static<typeof ManagedChange>

export const SavedAddressBody = t
  .Transform(
    failing(
      placeProblems,
      named('NewSavedAddress', closed({ label: t.Optional(text(50, 'home')), ...addressFields, is_default: t.Optional(t.Boolean()) })),
    ),
  )
  .Decode(({ region, ...rest }) => ({ ...rest, ...placeOf({ country: rest.country, region }), country: countryCode(rest.country) }))
  .Encode(body => body)
export type SavedAddressBody = Static<typeof SavedAddressBody>
export const SavedAddress = named(
  'SavedAddress',
  t.Object({ id: Id, label: t.Optional(t.String()), ...addressFields, is_default: t.Boolean(), created_at: Time }),
)

export const SessionId = closed({
  id: t.String({ pattern: '^[\\w-]{32}$', examples: ['vShyDVX8mOufhMu_Z7XbJS33VgEs6-wv'] }),
})
export const Session = named(
  'Session',
  t.Object({
    id: SessionId.properties.id,
    current: t.Boolean(),
    user_agent: t.Union([t.String({ examples: ['Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'] }), t.Null()]),
    client_address: t.Union([t.String({ examples: ['203.0.113.7'] }), t.Null()]),
    created_at: Time,
    last_used_at: Time,
    expires_at: Time,
  }),
)

export const AuditEntry = named(
  'AuditEntry',
  t.Object({
    id: Id,
    at: Time,
    action: t.String({ examples: ['mfa.reset'] }),
    actor_id: t.Union([Id, t.Null()]),
    user_id: t.Union([Id, t.Null()], { description: 'The account that it concerns, if it concerns one' }),
    detail: t.Union([t.String(), t.Null()]),
    request_id: t.String({ examples: ['0f0e4a1c-6f0b-4c57-9d0e-3c1f6f6b2a10'] }),
  }),
)
export const UserFilter = t.Optional(integerText({ minimum: 1 }))

const openedContact = (vault: Vault, { id, phone, address }: UserRow) => ({
  phone: phone && vault.open(phone, `users.phone:${id}`),
  address: address && addressColumn.read(vault.open(address, `users.address:${id}`)),
})
export const profileView = (vault: Vault, row: UserRow): Static<typeof Profile> => ({
  id: row.id,
  email: row.email ?? '',
  username: row.username ?? '',
  full_name: row.full_name ?? '',
  ...openedContact(vault, row),
  role: row.role,
  email_verified: row.email_verified === 1,
  created_at: row.created_at.toISOString(),
})
export const myProfileView = (vault: Vault, row: UserRow): Static<typeof MyProfile> => ({
  ...profileView(vault, row),
  pending_email: row.pending_email,
  language: row.language,
  mfa_enabled: row.mfa_enabled === 1,
  updated_at: row.updated_at.toISOString(),
})
export const managedAccountView = (vault: Vault, row: UserRow): Static<typeof ManagedAccount> => ({
  ...profileView(vault, row),
  blocked: row.blocked === 1,
  mfa_enabled: row.mfa_enabled === 1,
  updated_at: row.updated_at.toISOString(),
})
export const sessionView =
  (current: string) =>
  (row: SessionRow): Static<typeof Session> => ({
    id: row.id,
    current: row.id === current,
    user_agent: row.user_agent,
    client_address: row.client_address,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  })
export const auditView = ({ event_id, ...row }: AuditRow): Static<typeof AuditEntry> => ({ ...row, at: row.at.toISOString() })
