import { unauthenticated } from '#shared/errors'
import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { originOf } from './client-origin'
import type { UserService } from './compose'
import { LoggedIn, Login, LoginAnswer, LogoutBody, MfaLogin, RefreshBody } from './login-model'
import { Profile, profileView, Registration } from './model'
import { type SessionCookie, sessionCookie } from './session-cookie'

type Deps = Pick<UserService, 'register' | 'logins' | 'vault'> & { http: Http }

/** Comes before anything else, so that a page of another origin changes nothing. */
const cookieFor = (request: Request, body: { session?: 'cookie' } | null) =>
  body?.session === 'cookie' ? sessionCookie(request) : undefined

/** The tokens; where there is a cookie, the refresh token is in it instead. */
const inCookie = (cookie: SessionCookie | undefined, tokens: LoggedIn, headers: Record<string, string | number>) => {
  if (!cookie) return tokens
  const { refresh_token, ...answer } = tokens
  headers['set-cookie'] = cookie.keeping(refresh_token)
  return answer
}

/** Mounted under `/api/users` and under `/auth`. */
export const loginRoutes = <const Prefix extends string>(prefix: Prefix, { http, register, logins, vault }: Deps) => {
  /** The same routes stand under two paths: clients that are generated should have the shorter one. */
  const id = (name: string) => (prefix === '/auth' ? { operationId: name } : { operationId: `${name}AtUsers`, deprecated: true })
  return http(prefix)
    .onBeforeHandle(({ set }) => {
      // The answers hold tokens, which no proxy or browser may cache.
      set.headers['cache-control'] = 'no-store'
    })
    .post(
      '/register',
      async ({ body, status, set }) => {
        const user = await register(body)
        // Only an administrator may read what is at its id.
        set.headers.location = '/api/users/me'
        return status(201, profileView(vault, user))
      },
      {
        public: true,
        body: Registration,
        response: { 201: Profile },
        problems: ['email_taken', 'username_taken', 'too_many_mails', 'too_many_logins'],
        repeats: 'is refused, since the e-mail is taken',
        detail: { ...id('register'), summary: 'Open an account' },
      },
    )
    .post(
      '/login',
      async ({ body, request, set }) => {
        const cookie = cookieFor(request, body)
        const outcome = await logins.logIn(body, originOf(request))
        return 'challenge' in outcome ? outcome : inCookie(cookie, outcome, set.headers)
      },
      {
        public: true,
        body: Login,
        response: { 200: LoginAnswer },
        problems: ['invalid_credentials', 'account_blocked', 'foreign_origin', 'too_many_attempts', 'too_many_logins', 'no_signing_key'],
        repeats: 'opens another session',
        detail: { ...id('login'), summary: 'Log in; with two-factor login, the answer is a challenge' },
      },
    )
    .post(
      '/login/mfa',
      async ({ body, request, set }) => {
        const cookie = cookieFor(request, body)
        return inCookie(cookie, await logins.answerChallenge(body, originOf(request)), set.headers)
      },
      {
        public: true,
        body: MfaLogin,
        response: { 200: LoggedIn },
        problems: ['invalid_code', 'account_blocked', 'foreign_origin', 'too_many_attempts', 'no_signing_key'],
        repeats: 'is refused, since a challenge is answered once',
        detail: { ...id('answerMfaChallenge'), summary: 'Answer the challenge with a code or a recovery code' },
      },
    )
    .post(
      '/refresh',
      async ({ body, request, set }) => {
        const cookie = cookieFor(request, body)
        const given = body.refresh_token ?? cookie?.read() ?? ''
        return inCookie(cookie, await logins.refresh(given, { repeatable: body.refresh_token === undefined }), set.headers)
      },
      {
        public: true,
        body: RefreshBody,
        response: { 200: LoggedIn },
        problems: ['invalid_refresh_token', 'refresh_token_reused', 'account_blocked', 'foreign_origin', 'no_signing_key'],
        repeats: 'with a used token in the body ends the session; log in again when an answer was lost',
        detail: { ...id('refreshTokens'), summary: 'Exchange a refresh token for new tokens; it works once' },
      },
    )
    .post(
      '/logout',
      async ({ user, body, request, set }) => {
        const cookie = cookieFor(request, body)
        if (!user && !cookie)
          throw unauthenticated('not_logged_in', 'Nobody is logged in here: send the access token of the session to end.')
        if (user) await logins.logOut(user)
        if (cookie) {
          await logins.logOutByToken(cookie.read() ?? '')
          set.headers['set-cookie'] = cookie.deleting
        }
        set.status = 204
      },
      {
        guest: true,
        body: t.Optional(LogoutBody),
        response: { 204: t.Void() },
        problems: ['not_logged_in', 'foreign_origin'],
        repeats: 'finds that the session has ended',
        detail: { ...id('logout'), summary: 'End this session' },
      },
    )
}
