import { beforeEach, describe, expect, test } from 'bun:test'
import { exportJWK, type JSONWebKeySet } from 'jose'
import { accessTokens, createKeySource, createTokenVerifier } from './auth'
import { bearer, claims, expectRefused, jwk, other, published, sign } from './testing/tokens'

const { algorithm } = accessTokens

describe('published keys', () => {
  const minute = 60_000
  let now: number
  let fetched: number
  let answer: () => Promise<JSONWebKeySet>
  const source = () =>
    createKeySource(
      () => {
        fetched++
        return answer()
      },
      () => now,
    )
  beforeEach(() => {
    now = 1_000_000
    fetched = 0
    answer = async () => published
  })

  test('are fetched once, and for an unknown key id again, at most once a minute', async () => {
    const verify = createTokenVerifier(source(), () => false)
    const good = async (sid: string) => verify(bearer(await sign({ ...claims(), sid })))
    const unknown = async (kid: string) => expectRefused(verify(bearer(await sign(claims(), { kid }))), 'invalid_token')
    await Promise.all([good('a'), good('b'), good('c')])
    expect(fetched).toBe(1)
    for (const kid of ['x', 'y', 'z', 'x']) await unknown(kid)
    expect(fetched).toBe(2)
    now += minute - 1
    await unknown('x')
    expect(fetched).toBe(2)
    now += 1
    await unknown('x')
    expect(fetched).toBe(3)
  })

  test('may change: a token of the new key is accepted at once, with one fetch for all that arrive together', async () => {
    const verify = createTokenVerifier(source(), () => false)
    await verify(bearer(await sign(claims())))
    answer = async () => ({ keys: [jwk, { ...(await exportJWK(other.publicKey)), kid: 'next', alg: algorithm }] })
    const tokens = await Promise.all([1, 2, 3].map(n => sign({ ...claims(), sid: `s-${n}` }, { key: other.privateKey, kid: 'next' })))
    expect(await Promise.all(tokens.map(token => verify(bearer(token))))).toHaveLength(3)
    expect(fetched).toBe(2)
  })

  test('are kept while the user service is down or publishes none', async () => {
    const verify = createTokenVerifier(source(), () => false)
    await verify(bearer(await sign(claims())))
    for (const failure of [async () => Promise.reject(new Error('down')), async () => ({ keys: [] })]) {
      answer = failure
      now += minute
      await expectRefused(verify(bearer(await sign(claims(), { kid: 'x' }))), 'invalid_token')
      expect(await verify(bearer(await sign({ ...claims(), sid: crypto.randomUUID() })))).toMatchObject({ id: 7 })
    }
    expect(fetched).toBe(3)
  })

  test('that were never fetched make a request 503, not 401; the next request tries again', async () => {
    const verify = createTokenVerifier(source(), () => false)
    const token = bearer(await sign(claims()))
    answer = () => Promise.reject(new Error('down'))
    await expectRefused(verify(token), 'keys_unavailable', 'unavailable')
    answer = async () => published
    expect(await verify(token)).toMatchObject({ id: 7 })
  })
})
