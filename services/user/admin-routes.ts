import type { Http } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { closed, IdParam, t } from '#shared/schema'
import type { Accounts } from './accounts'
import type { AccountManager } from './admin'
import type { AuditTrail } from './audit'
import { AuditEntry, auditView, Managed, ManagedChange, managedView, UserFilter } from './model'
import type { Vault } from './vault'

interface Deps {
  http: Http
  accounts: Accounts
  manager: AccountManager
  audit: AuditTrail
  vault: Vault
}

const UserQuery = closed({ ...PageQuery.properties, search: t.Optional(t.String({ maxLength: 254, examples: ['ann'] })) })
const AuditQuery = closed({ ...PageQuery.properties, user_id: UserFilter })

export const adminRoutes = ({ http, accounts, manager, audit, vault }: Deps) =>
  http('/api/users')
    .get('/', async ({ query }) => page(await manager.list(query), query, row => managedView(vault, row)), {
      auth: 'admin',
      query: UserQuery,
      response: { 200: pageOf(Managed) },
      detail: { summary: 'Accounts, newest first; `search` finds those whose e-mail or username begins so' },
    })
    .get('/audit', async ({ query }) => page(await audit.list(query), query, auditView), {
      auth: 'admin',
      query: AuditQuery,
      response: { 200: pageOf(AuditEntry) },
      detail: { summary: 'What was done with accounts and credentials, newest first' },
    })
    .get('/:id', async ({ params }) => managedView(vault, await accounts.byId(params.id)), {
      auth: 'admin',
      params: IdParam,
      response: { 200: Managed },
      detail: { summary: 'One account' },
    })
    .patch('/:id', async ({ params, body, user }) => managedView(vault, await manager.change(params.id, body, user.id)), {
      auth: 'admin',
      params: IdParam,
      body: ManagedChange,
      response: { 200: Managed },
      detail: { summary: 'Give a role, block or unblock; ends their sessions' },
    })
