import { closed, Id, named, type Static, t, text } from '#shared/schema'

/** A password to compare may have any form: it is then answered as wrong, not as malformed. */
export const GivenPassword = t.String({ minLength: 1, maxLength: 128, examples: ['correct horse battery'] })

/** For pages: the refresh token is kept in a cookie that no script can read. */
const inCookie = {
  session: t.Optional(
    t.Literal('cookie', {
      description: 'For pages of the shop itself: the refresh token is kept in an HttpOnly cookie and is not in the answer',
    }),
  ),
}
export const Login = named(
  'Login',
  closed(
    {
      email: t.Optional(t.String({ minLength: 1, maxLength: 320 })),
      username: t.Optional(t.String({ minLength: 1, maxLength: 320 })),
      password: GivenPassword,
      ...inCookie,
    },
    {
      description: 'Either e-mail or username, and the password',
      examples: [{ email: 'ann@example.com', password: 'correct horse battery' }],
    },
  ),
)
export const RefreshBody = named(
  'TokenRefresh',
  closed(
    { refresh_token: t.Optional(t.String({ minLength: 1, maxLength: 200 })), ...inCookie },
    {
      minProperties: 1,
      description: 'The refresh token of the last answer; or `session: cookie`, which takes it from the cookie',
      examples: [{ refresh_token: 'the refresh_token of the last answer' }],
    },
  ),
)
export type RefreshBody = Static<typeof RefreshBody>
export const LogoutBody = named(
  'Logout',
  closed(inCookie, {
    description: '`session: cookie` ends the session of the cookie as well, and deletes it',
    examples: [{}],
  }),
)
export type LogoutBody = Static<typeof LogoutBody>
export const LoggedIn = named(
  'Tokens',
  t.Object({
    access_token: t.String({ examples: ['eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'] }),
    refresh_token: t.Optional(t.String({ description: 'Absent when it is kept in a cookie' })),
    token_type: t.Literal('bearer'),
    expires_in: t.Integer({ description: 'Seconds' }),
    user_id: Id,
    email: t.String({ examples: ['ann@example.com'] }),
  }),
)
export type LoggedIn = Required<Static<typeof LoggedIn>>
export const MfaRequired = named('MfaChallenge', t.Object({ mfa_required: t.Literal(true), challenge: t.String() }))
export const LoginAnswer = named('LoginAnswer', t.Union([LoggedIn, MfaRequired]))
export const Code = text(40, '123456')
export const MfaLogin = named(
  'MfaAnswer',
  closed({
    challenge: t.String({ minLength: 1, maxLength: 100, examples: ['the challenge of the login answer'] }),
    code: Code,
    ...inCookie,
  }),
)
export const MfaCode = named('MfaCode', closed({ code: Code }))
export const MfaSecret = named(
  'MfaSecret',
  t.Object({
    secret: t.String({ examples: ['JBSWY3DPEHPK3PXP'] }),
    otpauth_uri: t.String({ examples: ['otpauth://totp/Shop:ann?secret=JBSWY3DPEHPK3PXP&issuer=Shop'] }),
  }),
)
export const RecoveryCodes = named(
  'RecoveryCodes',
  t.Object({
    recovery_codes: t.Array(t.String(), { description: 'Each works once in place of a code. They are shown only now' }),
  }),
)
