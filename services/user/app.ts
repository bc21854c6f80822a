import { adminActRoute } from '#shared/admin-acts'
import type { Http } from '#shared/http'
import { adminRoutes } from './admin-routes'
import type { UserService } from './compose'
import { internalRoutes } from './internal-routes'
import { keyRoutes } from './key-routes'
import { loginRoutes } from './login-routes'
import { meRoutes } from './me-routes'
import { mfaRoutes } from './mfa-routes'
import { recoveryRoutes } from './recovery-routes'

export const userApp = (deps: UserService & { http: Http }) =>
  deps
    .http('')
    .use(loginRoutes('/api/users', deps))
    .use(loginRoutes('/auth', deps))
    .use(keyRoutes('', deps))
    .use(keyRoutes('/api/users', deps))
    .use(recoveryRoutes(deps))
    .use(mfaRoutes(deps))
    .use(meRoutes(deps))
    .use(adminRoutes(deps))
    .use(internalRoutes(deps))
    .use(adminActRoute({ http: deps.http, record: deps.audit.enterAct }))
export type UserApi = ReturnType<typeof userApp>
