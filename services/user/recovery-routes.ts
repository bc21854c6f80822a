import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { UserService } from './compose'
import { EmailVerification, PasswordReset, ResetRequest } from './model'

type Deps = Pick<UserService, 'passwordResets' | 'emailVerifications'> & { http: Http }

/** The notification service sends the mails. */
export const recoveryRoutes = ({ http, passwordResets, emailVerifications }: Deps) =>
  http('/api/users')
    .post(
      '/password/forgot',
      async ({ body, set }) => {
        await passwordResets.request(body.email)
        set.status = 202
      },
      {
        public: true,
        body: ResetRequest,
        response: { 202: t.Void() },
        repeats: 'sends another mail, as far as the limit for an hour allows',
        detail: {
          operationId: 'requestPasswordReset',
          summary: 'Request a mail to reset a password; the answer is the same for an unknown address',
        },
      },
    )
    .post(
      '/password/reset',
      async ({ body, set }) => {
        await passwordResets.complete(body.token, body.new_password)
        set.status = 204
      },
      {
        public: true,
        body: PasswordReset,
        response: { 204: t.Void() },
        problems: ['invalid_token', 'too_many_logins'],
        repeats: 'is refused, since the token works once',
        detail: { operationId: 'resetPassword', summary: 'Set a new password with the token from the mail' },
      },
    )
    .post(
      '/verify-email',
      async ({ body, set }) => {
        await emailVerifications.complete(body.token)
        set.status = 204
      },
      {
        public: true,
        body: EmailVerification,
        response: { 204: t.Void() },
        problems: ['invalid_token', 'email_taken'],
        repeats: 'is refused, since the token works once',
        detail: { operationId: 'verifyEmail', summary: 'Verify an e-mail with the token from the mail' },
      },
    )
    .post(
      '/me/verify-email',
      async ({ user, set }) => {
        await emailVerifications.request(user.id)
        set.status = 202
      },
      {
        auth: true,
        response: { 202: t.Void() },
        problems: ['too_many_mails'],
        repeats: 'sends another mail, as far as the limit for an hour allows',
        detail: { operationId: 'requestEmailVerification', summary: 'Send me another mail to verify my e-mail' },
      },
    )
