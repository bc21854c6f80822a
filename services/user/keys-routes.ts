import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { SigningKeys } from './keys'

const PublicKeys = t.Object({
  keys: t.Array(t.Object({ kty: t.String(), crv: t.String(), x: t.String(), kid: t.String(), alg: t.String(), use: t.String() })),
})

/** The public keys, at the root and among the users. */
export const keyRoutes = <const Prefix extends string>(prefix: Prefix, { http, keys }: { http: Http; keys: SigningKeys }) =>
  http(prefix).get(
    '/.well-known/jwks.json',
    ({ set }) => {
      // Half of how long a key is published before it signs.
      set.headers['cache-control'] = 'public, max-age=300'
      return keys.published()
    },
    { public: true, response: { 200: PublicKeys }, detail: { summary: 'The keys that access tokens are checked with' } },
  )
