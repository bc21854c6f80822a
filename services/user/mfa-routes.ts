import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { Mfa } from './mfa'
import { MfaCode, MfaSecret, RecoveryCodes } from './model'

export const mfaRoutes = ({ http, mfa }: { http: Http; mfa: Mfa }) =>
  http('/api/users/me/mfa')
    .post('/', ({ user }) => mfa.begin(user.id), {
      auth: true,
      response: { 200: MfaSecret },
      detail: { summary: 'Begin two-factor login: a secret for an authenticator app' },
    })
    .post('/verify', async ({ user, body }) => ({ recovery_codes: await mfa.enable(user.id, body.code) }), {
      auth: true,
      body: MfaCode,
      response: { 200: RecoveryCodes },
      detail: { summary: 'Turn two-factor login on with the first code' },
    })
    .delete(
      '/',
      async ({ user, set }) => {
        await mfa.disable(user.id)
        set.status = 204
      },
      { auth: true, response: { 204: t.Void() }, detail: { summary: 'Turn two-factor login off' } },
    )
