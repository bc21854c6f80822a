import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { closed, Id, IdParam, t } from '#shared/schema'
import type { UserService } from './compose'
import type { UserRow } from './database'
import type { Vault } from './vault'

type Deps = Pick<UserService, 'accounts' | 'addresses' | 'tokens' | 'emailWarnings' | 'sessions' | 'vault'> & { http: Http }

const Contact = t.Object({
  id: Id,
  email: t.String(),
  username: t.String(),
  full_name: t.String(),
  phone: t.Union([t.String(), t.Null()]),
  language: t.String(),
  email_verified: t.Boolean(),
})
const PlaceView = t.Object({ country: t.Optional(t.String()), region: t.Optional(t.String()) })
const MailToken = t.Object({ kind: t.String(), user_id: Id, email: t.String(), token: t.String(), expires_at: t.String() })
const TokenId = closed({ token_id: t.String({ pattern: '^[0-9a-f]{32}$' }) })
const WarningId = closed({ warning_id: t.String({ pattern: '^[\\w-]{32}$' }) })
const SessionIds = closed({ ids: t.Array(t.String({ pattern: '^[\\w-]{1,64}$' }), { minItems: 1, maxItems: 100, uniqueItems: true }) })
const Ids = closed({ ids: t.Array(Id, { minItems: 1, maxItems: 100, uniqueItems: true, examples: [[1, 2]] }) })

const contactOf = (vault: Vault, row: UserRow) => ({
  id: row.id,
  email: row.email ?? '',
  username: row.username ?? '',
  full_name: row.full_name ?? '',
  phone: row.phone && vault.open(row.phone, `users.phone:${row.id}`),
  language: row.language,
  email_verified: row.email_verified === 1,
})

/** The contact details that events do not hold. */
export const internalRoutes = ({ http, accounts, addresses, tokens, emailWarnings, sessions, vault }: Deps) =>
  http('/internal')
    .get('/users/:id', async ({ params }) => contactOf(vault, await accounts.byId(params.id)), {
      internal: ['notification'],
      params: IdParam,
      response: { 200: Contact },
      detail: { summary: 'The contact details of a user' },
    })
    .get('/users/admins', async () => ({ items: await accounts.admins() }), {
      internal: ['notification'],
      response: { 200: t.Object({ items: t.Array(t.Object({ id: Id })) }) },
      detail: { summary: 'The administrators who are not blocked' },
    })
    .get('/users/:id/place', ({ params }) => addresses.defaultPlace(params.id), {
      internal: ['cart'],
      params: IdParam,
      response: { 200: PlaceView },
      detail: { summary: 'The country and region of a user’s default address; empty when there is none' },
    })
    .post('/users/contacts', async ({ body }) => ({ items: (await accounts.byIds(body.ids)).map(row => contactOf(vault, row)) }), {
      internal: ['notification', 'shipping'],
      body: Ids,
      response: { 200: t.Object({ items: t.Array(Contact) }) },
      detail: { summary: 'The contact details of several users; erased users are left out' },
    })
    .post('/sessions/live', async ({ body }) => ({ ids: await sessions.live(body.ids) }), {
      internal: ['notification'],
      body: SessionIds,
      response: { 200: t.Object({ ids: t.Array(t.String()) }) },
      detail: { summary: 'Of several sessions, those that have neither ended nor expired' },
    })
    .get(
      '/tokens/:token_id',
      async ({ params }) => {
        const found = await tokens.find(params.token_id)
        if (!found?.email) throw notFound('token')
        const { kind, user_id, email, token, expires_at } = found
        return { kind, user_id, email, token, expires_at: expires_at.toISOString() }
      },
      { internal: ['notification'], params: TokenId, response: { 200: MailToken }, detail: { summary: 'The token for a mail' } },
    )
    .get(
      '/email-warnings/:warning_id',
      async ({ params }) => {
        const found = await emailWarnings.find(params.warning_id)
        if (!found) throw notFound('email_warning')
        return found
      },
      {
        internal: ['notification'],
        params: WarningId,
        response: { 200: t.Object({ email: t.String() }) },
        detail: { summary: 'The address to warn: the one that the account had when it happened' },
      },
    )
