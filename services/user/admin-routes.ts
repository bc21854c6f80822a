import type { Http } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { closed, IdParam, t } from '#shared/schema'
import { originOf } from './client-origin'
import type { UserService } from './compose'
import { AuditEntry, auditView, ManagedAccount, ManagedChange, managedAccountView, OwnerProof, UserFilter } from './model'

type Deps = Pick<UserService, 'accounts' | 'managedAccounts' | 'secondFactors' | 'personalData' | 'audit' | 'vault'> & { http: Http }

const UserQuery = closed({ ...PageQuery.properties, search: t.Optional(t.String({ maxLength: 254, examples: ['ann'] })) })
const AuditQuery = closed({ ...PageQuery.properties, user_id: UserFilter, actor_id: UserFilter })

export const adminRoutes = ({ http, accounts, managedAccounts, secondFactors, personalData, audit, vault }: Deps) =>
  http('/api/users')
    .get('/', async ({ query }) => page(await managedAccounts.list(query), query, row => managedAccountView(vault, row)), {
      auth: 'admin',
      query: UserQuery,
      response: { 200: pageOf(ManagedAccount) },
      detail: {
        operationId: 'listUsers',
        summary: 'Accounts, newest first; `search` finds accounts by the beginning of their e-mail or username',
      },
    })
    .get('/audit', async ({ query }) => page(await audit.list(query), query, auditView), {
      auth: 'admin',
      query: AuditQuery,
      response: { 200: pageOf(AuditEntry) },
      detail: {
        operationId: 'listAuditEntries',
        summary: 'The audit log, newest first: accounts, credentials, and what administrators do in any service',
      },
    })
    .get('/:id', async ({ params }) => managedAccountView(vault, await accounts.byId(params.id)), {
      auth: 'admin',
      params: IdParam,
      response: { 200: ManagedAccount },
      problems: ['user_not_found'],
      detail: { operationId: 'getUser', summary: 'One account' },
    })
    .patch('/:id', async ({ params, body, user }) => managedAccountView(vault, await managedAccounts.change(params.id, body, user.id)), {
      auth: 'admin',
      params: IdParam,
      body: ManagedChange,
      response: { 200: ManagedAccount },
      problems: ['user_not_found', 'last_admin'],
      detail: { operationId: 'updateUser', summary: 'Change the role of an account, block or unblock it; ends its sessions' },
    })
    .delete(
      '/:id',
      async ({ params, body, user, request, set }) => {
        await personalData.eraseOther(params.id, user.id, body, originOf(request))
        set.status = 204
      },
      {
        auth: 'admin',
        params: IdParam,
        body: OwnerProof,
        response: { 204: t.Void() },
        problems: [
          'user_not_found',
          'own_account',
          'admin_account',
          'open_orders',
          'current_password_required',
          'wrong_password',
          'too_many_attempts',
          'too_many_logins',
        ],
        detail: {
          operationId: 'deleteUser',
          summary: 'Erase an account and its personal data',
          description:
            'For somebody who asks for it without being able to log in, and for accounts that a restored backup has brought back. If the ' +
            'account is erased already, every service erases again what it has of it. An erasure cannot be undone, so the body proves that it is ' +
            'the administrator who asks: by their own password, or a code where their two-factor login is on.',
        },
      },
    )
    .delete(
      '/:id/mfa',
      async ({ params, user, set }) => {
        await secondFactors.reset(params.id, user.id)
        set.status = 204
      },
      {
        auth: 'admin',
        params: IdParam,
        response: { 204: t.Void() },
        problems: ['user_not_found', 'own_account'],
        detail: { operationId: 'disableUserMfa', summary: 'Turn off the two-factor login of a user who has lost the device' },
      },
    )
