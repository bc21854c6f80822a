import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { Accounts } from './accounts'
import { fromOf } from './client-address'
import { LoggedIn, Login, MfaLogin, MfaRequired, Profile, profileView, RefreshBody, Registration } from './model'
import type { SignIn } from './sign-in'
import type { Vault } from './vault'

interface Deps {
  http: Http
  accounts: Accounts
  signIn: SignIn
  vault: Vault
}

/** The way in, under each of the two addresses that the platform has for it. */
export const signInRoutes = <const Prefix extends string>(prefix: Prefix, { http, accounts, signIn, vault }: Deps) =>
  http(prefix)
    .onBeforeHandle(({ set }) => {
      // Tokens are nobody's to keep on the way.
      set.headers['cache-control'] = 'no-store'
    })
    .post(
      '/register',
      async ({ body, status, set }) => {
        const user = await accounts.register(body)
        set.headers.location = `/api/users/${user.id}`
        return status(201, profileView(vault, user))
      },
      { public: true, body: Registration, response: { 201: Profile }, detail: { summary: 'Open an account' } },
    )
    .post('/login', ({ body, request }) => signIn.login(body, fromOf(request)), {
      public: true,
      body: Login,
      response: { 200: t.Union([LoggedIn, MfaRequired]) },
      detail: { summary: 'Log in; with two-factor login on, the answer is a challenge' },
    })
    .post('/login/mfa', ({ body, request }) => signIn.loginMfa(body, fromOf(request)), {
      public: true,
      body: MfaLogin,
      response: { 200: LoggedIn },
      detail: { summary: 'Answer the challenge with a code, or a recovery code' },
    })
    .post('/refresh', ({ body }) => signIn.refresh(body.refresh_token), {
      public: true,
      body: RefreshBody,
      response: { 200: LoggedIn },
      detail: { summary: 'New tokens for a refresh token, which works once' },
    })
    .post(
      '/logout',
      async ({ user, set }) => {
        await signIn.logout(user)
        set.status = 204
      },
      { auth: true, response: { 204: t.Void() }, detail: { summary: 'End this session everywhere' } },
    )
