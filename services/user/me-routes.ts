import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { closed, IdempotencyHeader, IdParam, named, t } from '#shared/schema'
import { originOf } from './client-origin'
import type { UserService } from './compose'
import {
  AuditEntry,
  MyProfile,
  myProfileView,
  OwnerProof,
  PasswordChange,
  ProfileChange,
  SavedAddress,
  SavedAddressBody,
  Session,
  SessionId,
  sessionView,
} from './model'

type Deps = Pick<UserService, 'accounts' | 'profiles' | 'addresses' | 'sessions' | 'personalData' | 'vault'> & { http: Http }

const ListQuery = closed({ skip: PageQuery.properties.skip, limit: PageQuery.properties.limit })
const Export = named(
  'PersonalData',
  t.Object({
    exported_at: t.String(),
    profile: MyProfile,
    addresses: t.Array(SavedAddress),
    warned_emails: t.Array(t.String(), {
      description: 'Addresses that were warned of a new e-mail, a new password or a new sign-in within 30 days',
    }),
    sessions: t.Array(Session),
    audit: t.Array(AuditEntry),
    services: t.Record(t.String(), t.Unknown(), { description: 'What every other service holds, by the name of the service' }),
  }),
)

/** The account of the user who is logged in. */
export const meRoutes = ({ http, accounts, profiles, addresses, sessions, personalData, vault }: Deps) =>
  http('/api/users/me')
    .get('/', async ({ user }) => myProfileView(vault, await accounts.byId(user.id)), {
      auth: true,
      response: { 200: MyProfile },
      problems: ['user_not_found'],
      detail: { operationId: 'getMe', summary: 'My account' },
    })
    .patch('/', async ({ user, body, request }) => myProfileView(vault, await profiles.change(user.id, body, originOf(request))), {
      auth: true,
      body: ProfileChange,
      response: { 200: MyProfile },
      problems: [
        'current_password_required',
        'wrong_password',
        'email_taken',
        'username_taken',
        'too_many_attempts',
        'too_many_mails',
        'too_many_logins',
      ],
      detail: { operationId: 'updateMe', summary: 'Change my account; null clears phone or address' },
    })
    .delete(
      '/',
      async ({ user, body, request, set }) => {
        await personalData.eraseOwn(user.id, body, originOf(request))
        set.status = 204
      },
      {
        auth: true,
        body: OwnerProof,
        response: { 204: t.Void() },
        problems: [
          'current_password_required',
          'wrong_password',
          'last_admin',
          'open_orders',
          'user_not_found',
          'too_many_attempts',
          'too_many_logins',
        ],
        detail: { operationId: 'deleteMe', summary: 'Erase my account and my personal data' },
      },
    )
    .get('/export', ({ user }) => personalData.exportOf(user.id, user.sid), {
      auth: true,
      response: { 200: Export },
      problems: ['export_incomplete'],
      detail: { operationId: 'exportMe', summary: 'Everything that the platform holds about me' },
    })
    .post(
      '/password',
      async ({ user, body, request, set }) => {
        await profiles.changePassword(user.id, body, originOf(request))
        set.status = 204
      },
      {
        auth: true,
        body: PasswordChange,
        response: { 204: t.Void() },
        problems: ['current_password_required', 'wrong_password', 'too_many_attempts', 'too_many_logins'],
        repeats: 'is refused, since the sessions have ended',
        detail: { operationId: 'changePassword', summary: 'Change my password; ends all my sessions' },
      },
    )
    .get(
      '/addresses',
      async ({ user, query }) => {
        const all = await addresses.list(user.id)
        return page({ items: all.slice(query.skip, query.skip + query.limit), total: all.length }, query, address => address)
      },
      {
        auth: true,
        query: ListQuery,
        response: { 200: pageOf(SavedAddress) },
        detail: { operationId: 'listMyAddresses', summary: 'My saved addresses' },
      },
    )
    .post(
      '/addresses',
      async ({ user, body, headers, status, set }) => {
        const { saved, headers: answered } = await addresses.add(user.id, body, headers['idempotency-key'])
        Object.assign(set.headers, answered)
        return status(201, saved)
      },
      {
        auth: true,
        headers: IdempotencyHeader,
        body: SavedAddressBody,
        response: { 201: SavedAddress },
        problems: ['too_many_addresses'],
        detail: { operationId: 'addMyAddress', summary: 'Save an address' },
      },
    )
    .get('/addresses/:id', ({ user, params }) => addresses.get(user.id, params.id), {
      auth: true,
      params: IdParam,
      response: { 200: SavedAddress },
      problems: ['address_not_found'],
      detail: { operationId: 'getMyAddress', summary: 'A saved address' },
    })
    .put('/addresses/:id', ({ user, params, body }) => addresses.replace(user.id, params.id, body), {
      auth: true,
      params: IdParam,
      body: SavedAddressBody,
      response: { 200: SavedAddress },
      problems: ['address_not_found'],
      detail: { operationId: 'replaceMyAddress', summary: 'Replace a saved address' },
    })
    .delete(
      '/addresses/:id',
      async ({ user, params, set }) => {
        await addresses.remove(user.id, params.id)
        set.status = 204
      },
      {
        auth: true,
        params: IdParam,
        response: { 204: t.Void() },
        problems: ['address_not_found'],
        detail: { operationId: 'deleteMyAddress', summary: 'Delete a saved address' },
      },
    )
    .get('/sessions', async ({ user, query }) => page(await sessions.list(user.id, query), query, sessionView(user.sid)), {
      auth: true,
      query: ListQuery,
      response: { 200: pageOf(Session) },
      detail: { operationId: 'listMySessions', summary: 'My sessions' },
    })
    .delete(
      '/sessions/:id',
      async ({ user, params, set }) => {
        if (!(await sessions.end(user.id, params.id))) throw notFound('session')
        set.status = 204
      },
      {
        auth: true,
        params: SessionId,
        response: { 204: t.Void() },
        problems: ['session_not_found'],
        detail: { operationId: 'endMySession', summary: 'End one of my sessions' },
      },
    )
