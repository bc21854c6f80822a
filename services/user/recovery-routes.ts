import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { Forgot, Reset, VerifyEmail } from './model'
import type { Recovery } from './recovery'

/** The mails are notification's to send. Until that service is there the tokens exist, and nobody is sent one. */
export const recoveryRoutes = ({ http, recovery }: { http: Http; recovery: Recovery }) =>
  http('/api/users')
    .post(
      '/password/forgot',
      async ({ body, set }) => {
        await recovery.forgot(body.email)
        set.status = 202
      },
      {
        public: true,
        body: Forgot,
        response: { 202: t.Void() },
        detail: { summary: 'Ask for a mail to reset a password; the answer is always the same' },
      },
    )
    .post(
      '/password/reset',
      async ({ body, set }) => {
        await recovery.reset(body.token, body.new_password)
        set.status = 204
      },
      { public: true, body: Reset, response: { 204: t.Void() }, detail: { summary: 'Set a new password with the token of the mail' } },
    )
    .post(
      '/verify-email',
      async ({ body, set }) => {
        await recovery.verifyEmail(body.token)
        set.status = 204
      },
      { public: true, body: VerifyEmail, response: { 204: t.Void() }, detail: { summary: 'Prove that an e-mail is mine' } },
    )
    .post(
      '/me/verify-email',
      async ({ user, set }) => {
        await recovery.requestVerification(user.id)
        set.status = 202
      },
      { auth: true, response: { 202: t.Void() }, detail: { summary: 'Send me another mail to verify my e-mail' } },
    )
