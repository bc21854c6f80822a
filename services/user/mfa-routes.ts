import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { originOf } from './client-origin'
import type { UserService } from './compose'
import { MfaCode, MfaSecret, RecoveryCodes } from './login-model'
import { OwnerProof } from './model'

type Deps = Pick<UserService, 'secondFactors' | 'confirm'> & { http: Http }

export const mfaRoutes = ({ http, secondFactors, confirm }: Deps) =>
  http('/api/users/me/mfa')
    .post(
      '/',
      async ({ user, body, request }) => {
        await confirm(user.id, body, originOf(request))
        return secondFactors.begin(user.id)
      },
      {
        auth: true,
        body: OwnerProof,
        response: { 200: MfaSecret },
        problems: ['current_password_required', 'wrong_password', 'mfa_enabled', 'too_many_attempts', 'too_many_logins'],
        repeats: 'gives another secret in place of the first one',
        detail: { operationId: 'beginMfa', summary: 'Begin two-factor login with a secret for an authenticator app' },
      },
    )
    .post('/verify', async ({ user, body }) => ({ recovery_codes: await secondFactors.enable(user.id, body.code) }), {
      auth: true,
      body: MfaCode,
      response: { 200: RecoveryCodes },
      problems: ['invalid_code', 'mfa_not_begun', 'mfa_enabled', 'too_many_attempts'],
      repeats: 'is refused, since two-factor login is on; recovery codes that were lost with an answer can be renewed',
      detail: { operationId: 'enableMfa', summary: 'Turn on two-factor login with the first code' },
    })
    .post(
      '/recovery-codes',
      async ({ user, body, request }) => {
        await confirm(user.id, body, originOf(request))
        return { recovery_codes: await secondFactors.renewRecoveryCodes(user.id) }
      },
      {
        auth: true,
        body: OwnerProof,
        response: { 200: RecoveryCodes },
        problems: ['current_password_required', 'wrong_password', 'mfa_not_enabled', 'too_many_attempts', 'too_many_logins'],
        repeats: 'gives other codes in place of the first ones',
        detail: { operationId: 'renewRecoveryCodes', summary: 'New recovery codes in place of the old ones' },
      },
    )
    .delete(
      '/',
      async ({ user, body, request, set }) => {
        await confirm(user.id, body, originOf(request))
        await secondFactors.disable(user.id)
        set.status = 204
      },
      {
        auth: true,
        body: OwnerProof,
        response: { 204: t.Void() },
        problems: ['current_password_required', 'wrong_password', 'too_many_attempts', 'too_many_logins'],
        detail: { operationId: 'disableMfa', summary: 'Turn off two-factor login' },
      },
    )
