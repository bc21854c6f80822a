import { jwt } from '@elysiajs/jwt'
import { exportJWK, generateKeyPair, importJWK } from 'jose'
import { accessTokens, type Role } from '#shared/auth'
import { unavailable } from '#shared/errors'
import { insertOnce } from '#shared/sql'
import { second } from '#shared/time'
import { type Clock, privateKeyColumn, publicKeyColumn, type UserSql } from './database'
import { hasExpired, publishedBeforeMs, rotationDue, signingKey } from './domain'
import { randomToken } from './secrets'
import type { Vault } from './vault'

interface Claims {
  sub: string
  sid: string
  role: Role
}

const { issuer, audience, algorithm, lifeSeconds } = accessTokens
export const signingKeyCell = (kid: string) => `signing_keys.private_key:${kid}` as const

/** The keys that sign access tokens. They are kept in the database, so all instances share them; the private keys are sealed. */
export const signingKeys = ({ sql, vault, clock }: { sql: UserSql; vault: Vault; clock: Clock }) => {
  const { db } = sql
  const load = () => db.selectFrom('signing_keys').selectAll().orderBy('generation', 'desc').execute()
  let keys: Awaited<ReturnType<typeof load>> = []
  const signers = new Map<string, Promise<(claims: Claims) => Promise<string>>>()

  const signerOf = async (kid: string, sealed: string) => {
    const secret = await importJWK(privateKeyColumn.read(vault.open(sealed, signingKeyCell(kid))), algorithm)
    const signer = jwt({ name: 'access', secret, alg: algorithm, kid, iss: issuer, aud: audience, exp: `${lifeSeconds}s` })
    return (claims: Claims) => signer.decorator.access.sign({ ...claims })
  }

  /** Generations are unique: if several instances add the next key at the same time, one succeeds and all of them use its key. */
  const addKey = async (signsFrom: Date) => {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
    const { kty, crv, x, d } = await exportJWK(privateKey)
    if (!kty || !crv || !x || !d) throw new Error(`a new ${algorithm} key lacks a part`)
    const kid = randomToken(16)
    const key = {
      kid,
      generation: (keys[0]?.generation ?? 0) + 1,
      public_key: publicKeyColumn.write({ kty, crv, x }),
      private_key: vault.seal(privateKeyColumn.write({ kty, crv, x, d }), signingKeyCell(kid)),
      signs_from: signsFrom,
    }
    await insertOnce(db.insertInto('signing_keys').values(key))
    keys = await load()
  }

  /** Publishes the next key now, but signs with it only when every verifier can have fetched it. */
  const rotate = () => addKey(new Date(clock().getTime() + publishedBeforeMs))

  return {
    rotate,
    /** To be called before the first token is signed. */
    async ensureKey() {
      keys = await load()
      if (keys.length === 0) await addKey(clock())
    },
    /** Loads the keys that other instances added, rotates when a key is due, and deletes keys whose tokens have all expired. */
    async maintain() {
      keys = await load()
      if (rotationDue(keys, clock())) await rotate()
      const over = keys.filter(key => hasExpired(key, keys, lifeSeconds * second, clock())).map(({ kid }) => kid)
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
        const { x } = publicKeyColumn.read(public_key)
        return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: algorithm, use: 'sig' }
      }),
    }),
  }
}
export type SigningKeys = ReturnType<typeof signingKeys>
