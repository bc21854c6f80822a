import type { Http } from '#shared/http'
import { adminRoutes } from './admin-routes'
import { internalRoutes } from './internal-routes'
import { keyRoutes } from './keys-routes'
import { meRoutes } from './me-routes'
import { mfaRoutes } from './mfa-routes'
import { recoveryRoutes } from './recovery-routes'
import { signInRoutes } from './sign-in-routes'
import type { Users } from './users'

export const userApp = (deps: Users & { http: Http }) =>
  deps
    .http('')
    .use(signInRoutes('/api/users', deps))
    .use(signInRoutes('/auth', deps))
    .use(keyRoutes('', deps))
    .use(keyRoutes('/api/users', deps))
    .use(recoveryRoutes(deps))
    .use(mfaRoutes(deps))
    .use(meRoutes(deps))
    .use(adminRoutes(deps))
    .use(internalRoutes(deps))
export type UserApi = ReturnType<typeof userApp>
