import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { MfaCode, MfaSecret, RecoveryCodes } from './model'
import type { SecondFactors } from './second-factors'

export const mfaRoutes = ({ http, secondFactors }: { http: Http; secondFactors: SecondFactors }) =>
  http('/api/users/me/mfa')
    .post('/', ({ user }) => secondFactors.begin(user.id), {
      auth: true,
      response: { 200: MfaSecret },
      detail: { summary: 'Begin two-factor login with a secret for an authenticator app' },
    })
    .post('/verify', async ({ user, body }) => ({ recovery_codes: await secondFactors.enable(user.id, body.code) }), {
      auth: true,
      body: MfaCode,
      response: { 200: RecoveryCodes },
      detail: { summary: 'Turn on two-factor login with the first code' },
    })
    .delete(
      '/',
      async ({ user, set }) => {
        await secondFactors.disable(user.id)
        set.status = 204
      },
      { auth: true, response: { 204: t.Void() }, detail: { summary: 'Turn off two-factor login' } },
    )
