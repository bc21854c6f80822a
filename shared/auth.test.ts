import { afterEach, describe, expect, setSystemTime, test } from 'bun:test'
import { exportJWK, exportSPKI, SignJWT, UnsecuredJWT } from 'jose'
import { accessTokens, createInternalIdentity, createKeySource, createTokenVerifier, maySee } from './auth'
import { bearer, claims, expectRefused, jwk, other, own, published, seconds, sign, verifier } from './testing/tokens'

const { algorithm } = accessTokens

afterEach(() => {
  setSystemTime()
})

describe('an access token', () => {
  test('of the user service names the user, the role and the session', async () => {
    const exp = seconds() + 60
    const user = await verifier()(bearer(await sign({ ...claims(), exp })))
    expect(user).toEqual({ id: 7, role: 'customer', sid: 's-1', expiresAt: exp * 1000 })
    expect(await verifier()(bearer(await sign({ ...claims(), role: 'admin' })))).toMatchObject({ role: 'admin' })
  })

  test('signed with the public key as a secret is refused', async () => {
    const verify = verifier()
    const spki = await exportSPKI(own.publicKey)
    for (const text of [spki, JSON.stringify(jwk), jwk.x!]) {
      const forged = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'now' }).sign(new TextEncoder().encode(text))
      await expectRefused(verify(bearer(forged)), 'invalid_token')
    }
  })

  test('without a signature is refused, however its algorithm is spelt', async () => {
    const verify = verifier()
    const unsecured = new UnsecuredJWT(claims()).encode()
    const [, payload] = unsecured.split('.')
    const signature = (await sign(claims())).split('.')[2]
    for (const alg of ['none', 'None', 'NONE', '']) {
      const header = Buffer.from(JSON.stringify({ alg, kid: 'now' })).toString('base64url')
      for (const end of ['', 'x', signature]) await expectRefused(verify(bearer(`${header}.${payload}.${end}`)), 'invalid_token')
    }
  })

  test('signed with another key is refused, whichever key it names or contains', async () => {
    const verify = verifier()
    await expectRefused(verify(bearer(await sign(claims(), { key: other.privateKey }))), 'invalid_token')
    const contained = await exportJWK(other.publicKey)
    const header = { alg: algorithm, kid: 'now', jwk: contained, jku: 'http://127.0.0.1:1/jwks.json' }
    await expectRefused(verify(bearer(await new SignJWT(claims()).setProtectedHeader(header).sign(other.privateKey))), 'invalid_token')
  })

  test('with one changed character is refused', async () => {
    const verify = verifier()
    const [header, payload, signature] = (await sign(claims())).split('.') as [string, string, string]
    const promoted = Buffer.from(JSON.stringify({ ...claims(), role: 'admin' })).toString('base64url')
    const changed = signature[0] === 'A' ? `B${signature.slice(1)}` : `A${signature.slice(1)}`
    await expectRefused(verify(bearer(`${header}.${promoted}.${signature}`)), 'invalid_token')
    await expectRefused(verify(bearer(`${header}.${payload}.${changed}`)), 'invalid_token')
  })

  const wrong: [string, () => Record<string, unknown>][] = [
    ['of another issuer', () => ({ iss: 'shop-order' })],
    ['for another audience', () => ({ aud: 'shop-staff' })],
    ['not valid yet', () => ({ nbf: seconds() + 60 })],
    ['with an unknown role', () => ({ role: 'root' })],
    ['whose subject is no user id', () => ({ sub: 'everybody' })],
    ['whose session is not text', () => ({ sid: 5 })],
    ...['sub', 'sid', 'role', 'exp', 'iss', 'aud'].map((name): [string, () => Record<string, unknown>] => [
      `without ${name}`,
      () => ({ [name]: undefined }),
    ]),
  ]
  test.each(wrong)('%s is refused', async (_what, change) => {
    await expectRefused(verifier()(bearer(await sign({ ...claims(), ...change() }))), 'invalid_token')
  })

  test('is refused as expired after its time, even if it was verified before', async () => {
    await expectRefused(verifier()(bearer(await sign({ ...claims(), exp: seconds() - 1 }))), 'token_expired')
    const verify = verifier()
    const token = bearer(await sign(claims()))
    await verify(token)
    setSystemTime(Date.now() + 899_000)
    expect(await verify(token)).toMatchObject({ id: 7 })
    setSystemTime(Date.now() + 2000)
    await expectRefused(verify(token), 'token_expired')
  })

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer a.b',
    'Bearer a.b.c d',
    'Bearer a.b.c,Bearer a.b.c',
    'Basic YTpi',
    'Bearer ....',
    `Bearer ${'x'.repeat(9000)}`,
  ])('header "%s" is refused', async header => {
    await expectRefused(verifier()(header), 'invalid_token')
  })

  test('is verified once while it is remembered, the oldest makes room, and an ended session is refused all the same', async () => {
    let asked = 0
    const source = createKeySource(async () => published)
    const counting = {
      keys: (kid?: string) => {
        asked++
        return source.keys(kid)
      },
    }
    const ended = new Set<string>()
    const verify = createTokenVerifier(counting, sid => ended.has(sid), 3)
    const tokens = await Promise.all([1, 2, 3, 4].map(async n => bearer(await sign({ ...claims(), sid: `s-${n}` }))))
    for (const token of [...tokens, ...tokens.slice(1)]) await verify(token)
    expect(asked).toBe(4)
    await verify(tokens[0]!)
    expect(asked).toBe(5)
    ended.add('s-4')
    await expectRefused(verify(tokens[3]!), 'session_ended')
    expect(await verify(tokens[2]!)).toMatchObject({ sid: 's-3' })
  })
})

test('everybody may see their own, and an administrator what is anybody’s', () => {
  const [customer, admin] = [
    { id: 7, role: 'customer' },
    { id: 8, role: 'admin' },
  ]
  expect([7, 8, null].map(owner => maySee(customer, owner))).toEqual([true, false, false])
  expect([7, 8, null].map(owner => maySee(admin, owner))).toEqual([true, true, true])
})

describe('an internal token', () => {
  const key = 'a key that the services of a platform share'
  const order = createInternalIdentity('order', key)
  const payment = createInternalIdentity('payment', key)

  test('names the caller', async () => {
    expect(await payment.callerOf(bearer(await order.tokenFor('payment')))).toBe('order')
  })

  test('for another service, signed with another key, or unsigned is refused', async () => {
    await expectRefused(payment.callerOf(bearer(await order.tokenFor('tax'))), 'invalid_internal_token')
    const stranger = createInternalIdentity('order', 'a key that the platform does not use')
    await expectRefused(payment.callerOf(bearer(await stranger.tokenFor('payment'))), 'invalid_internal_token')
    const unsecured = new UnsecuredJWT({ iss: 'order', aud: 'payment', exp: seconds() + 60 }).encode()
    await expectRefused(payment.callerOf(bearer(unsecured)), 'invalid_internal_token')
    for (const header of [null, '', 'Bearer ', 'Bearer x']) await expectRefused(payment.callerOf(header), 'invalid_internal_token')
  })

  test('expires after a minute, even if it was verified before, and is renewed in time', async () => {
    const token = bearer(await order.tokenFor('payment'))
    await payment.callerOf(token)
    setSystemTime(Date.now() + 31_000)
    const renewed = bearer(await order.tokenFor('payment'))
    expect(renewed).not.toBe(token)
    setSystemTime(Date.now() + 30_000)
    await expectRefused(payment.callerOf(token), 'invalid_internal_token')
    expect(await payment.callerOf(renewed)).toBe('order')
  })

  test('without an expiry, an audience or a caller that is a service of the platform is refused', async () => {
    const secret = new TextEncoder().encode(key)
    for (const payload of [
      { iss: 'order', aud: 'payment' },
      { aud: 'payment', exp: seconds() + 60 },
      { iss: 'root', aud: 'payment', exp: seconds() + 60 },
      { iss: 'toString', aud: 'payment', exp: seconds() + 60 },
      { iss: 'order', exp: seconds() + 60 },
    ]) {
      const token = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(secret)
      await expectRefused(payment.callerOf(bearer(token)), 'invalid_internal_token')
    }
  })

  test('is no access token, and an access token is no internal token', async () => {
    await expectRefused(payment.callerOf(bearer(await sign({ ...claims(), iss: 'order', aud: 'payment' }))), 'invalid_internal_token')
    await expectRefused(verifier()(bearer(await order.tokenFor('payment'))), 'invalid_token')
  })
})
