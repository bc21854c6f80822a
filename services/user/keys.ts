import { jwt } from '@elysiajs/jwt'
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { accessTokens, type Role } from '#shared/auth'
import { unavailable } from '#shared/errors'
import type { Clock, UserSql } from './database'
import { isOver, publishedBeforeMs, rotationDue, signingKey } from './domain'
import { randomToken } from './secrets'
import type { Vault } from './vault'

interface Claims {
  sub: string
  sid: string
  role: Role
}

const { issuer, audience, algorithm, lifeSeconds } = accessTokens
const place = (kid: string) => `signing_keys.private_key:${kid}` as const

/** The keys that access tokens are signed with. They lie in the database, so every instance signs with the same one; private parts are sealed. */
export const signingKeys = ({ sql, vault, clock }: { sql: UserSql; vault: Vault; clock: Clock }) => {
  const { db } = sql
  const load = () => db.selectFrom('signing_keys').selectAll().orderBy('generation', 'desc').execute()
  let keys: Awaited<ReturnType<typeof load>> = []
  const signers = new Map<string, Promise<(claims: Claims) => Promise<string>>>()

  const signerOf = async (kid: string, sealed: string) => {
    const secret = await importJWK(JSON.parse(vault.open(sealed, place(kid))) as JWK, algorithm)
    const signer = jwt({ name: 'access', secret, alg: algorithm, kid, iss: issuer, aud: audience, exp: `${lifeSeconds}s` })
    return (claims: Claims) => signer.decorator.access.sign({ ...claims })
  }

  /** Several instances may do it at once: the generation is unique, so one of them has made the key and all use it. */
  const addKey = async (signsFrom: Date) => {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
    const kid = randomToken(16)
    await db
      .insertInto('signing_keys')
      .ignore()
      .values({
        kid,
        generation: (keys[0]?.generation ?? 0) + 1,
        public_key: JSON.stringify(await exportJWK(publicKey)),
        private_key: vault.seal(JSON.stringify(await exportJWK(privateKey)), place(kid)),
        signs_from: signsFrom,
      })
      .execute()
    keys = await load()
  }

  /** Publishes the next key now; it signs from when every verifier can know it. The old one stays until its tokens have expired. */
  const rotate = () => addKey(new Date(clock().getTime() + publishedBeforeMs))

  return {
    rotate,
    /** At the start: no token is asked for before there is a key. */
    async open() {
      keys = await load()
      if (keys.length === 0) await addKey(clock())
    },
    /** Takes in what other instances did, rotates when it is time, and forgets keys that are over. */
    async tend() {
      keys = await load()
      if (rotationDue(keys, clock())) await rotate()
      const over = keys.filter(key => isOver(key, keys, lifeSeconds * 1000, clock())).map(({ kid }) => kid)
      if (over.length === 0) return
      await db.deleteFrom('signing_keys').where('kid', 'in', over).execute()
      for (const kid of over) signers.delete(kid)
      keys = await load()
    },
    async sign(claims: Claims): Promise<string> {
      const key = signingKey(keys, clock())
      if (!key) throw unavailable('no_signing_key', 'No signing key is ready; try again in a moment.')
      const signer = signers.get(key.kid) ?? signerOf(key.kid, key.private_key)
      signers.set(key.kid, signer)
      return (await signer)(claims)
    },
    published: () => ({
      keys: keys.map(({ kid, public_key }) => {
        const { x } = JSON.parse(public_key) as { x: string }
        return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: algorithm, use: 'sig' }
      }),
    }),
  }
}
export type SigningKeys = ReturnType<typeof signingKeys>
