import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { originOf } from './client-origin'
import type { UserService } from './compose'
import { LoggedIn, Login, MfaLogin, MfaRequired, Profile, profileView, RefreshBody, Registration } from './model'

type Deps = Pick<UserService, 'register' | 'logins' | 'vault'> & { http: Http }

/** Mounted under `/api/users` and under `/auth`. */
export const loginRoutes = <const Prefix extends string>(prefix: Prefix, { http, register, logins, vault }: Deps) =>
  http(prefix)
    .onBeforeHandle(({ set }) => {
      // The answers hold tokens, which no proxy or browser may cache.
      set.headers['cache-control'] = 'no-store'
    })
    .post(
      '/register',
      async ({ body, status, set }) => {
        const user = await register(body)
        set.headers.location = `/api/users/${user.id}`
        return status(201, profileView(vault, user))
      },
      { public: true, body: Registration, response: { 201: Profile }, detail: { summary: 'Open an account' } },
    )
    .post('/login', ({ body, request }) => logins.logIn(body, originOf(request)), {
      public: true,
      body: Login,
      response: { 200: t.Union([LoggedIn, MfaRequired]) },
      detail: { summary: 'Log in; with two-factor login, the answer is a challenge' },
    })
    .post('/login/mfa', ({ body, request }) => logins.answerChallenge(body, originOf(request)), {
      public: true,
      body: MfaLogin,
      response: { 200: LoggedIn },
      detail: { summary: 'Answer the challenge with a code or a recovery code' },
    })
    .post('/refresh', ({ body }) => logins.refresh(body.refresh_token), {
      public: true,
      body: RefreshBody,
      response: { 200: LoggedIn },
      detail: { summary: 'Exchange a refresh token for new tokens; it works once' },
    })
    .post(
      '/logout',
      async ({ user, set }) => {
        await logins.logOut(user)
        set.status = 204
      },
      { auth: true, response: { 204: t.Void() }, detail: { summary: 'End this session' } },
    )
