import type { Http } from '#shared/http'
import { named, t } from '#shared/schema'
import type { SigningKeys } from './signing-keys'

const PublicKeys = named(
  'PublicKeys',
  t.Object({
    keys: t.Array(
      named('PublicKey', t.Object({ kty: t.String(), crv: t.String(), x: t.String(), kid: t.String(), alg: t.String(), use: t.String() })),
    ),
  }),
)

/** Mounted at the root and under the service's public path. */
export const keyRoutes = <const Prefix extends string>(prefix: Prefix, { http, keys }: { http: Http; keys: SigningKeys }) =>
  http(prefix).get(
    '/.well-known/jwks.json',
    ({ set }) => {
      // Shorter than the time from a key's publication to its first signature, so that no cache holds a new key back for too long.
      set.headers['cache-control'] = 'public, max-age=300'
      return keys.published()
    },
    {
      public: true,
      response: { 200: PublicKeys },
      detail: {
        ...(prefix === '' ? { operationId: 'getPublicKeys' } : { operationId: 'getPublicKeysAtUsers', deprecated: true }),
        summary: 'The public keys that verify access tokens',
      },
    },
  )
