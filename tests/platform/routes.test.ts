import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { generateKeyPair, SignJWT } from 'jose'
import { accessTokens } from '#shared/auth'
import type { List } from '../caller'
import { shop, unique } from '../shop'
import { type Operation, operations, send } from './operations'
import { changesItsCaller, deleteAutomaticCampaigns, logIn, newPerson, type Person } from './people'
import { createSamples, type PathOf } from './samples'

/** Every operation of every document, called without a token, with bad tokens, by a customer and by an administrator. */

const all = await operations()
// Deletions come last, since they remove the samples.
const inOrder = [...all.filter(({ method }) => method !== 'DELETE'), ...all.filter(({ method }) => method === 'DELETE')]

/** Part of everything personal about the owner of the samples: nobody else may read it. */
const ownersMark = `owner${unique()}`
let owner: Person
let other: Person
let admin: Person
let pathOf: PathOf
let badTokens: string[]

afterAll(deleteAutomaticCampaigns)
beforeAll(async () => {
  ;[owner, other, admin] = await Promise.all([newPerson('customer', ownersMark), newPerson(), newPerson('admin')])
  pathOf = await createSamples(admin, owner)
  badTokens = ['not.a.token', ...(await forgedTokens()), await endedToken()]
})

/** Tokens that name the right key, issuer and audience, signed by another key: one valid for ten minutes, one expired. */
const forgedTokens = async () => {
  const { keys } = JSON.parse((await send('/.well-known/jwks.json')).text)
  const { privateKey } = await generateKeyPair(accessTokens.algorithm)
  const forged = (expires: string) =>
    new SignJWT({ sid: crypto.randomUUID(), role: 'admin' })
      .setProtectedHeader({ alg: accessTokens.algorithm, kid: keys[0].kid })
      .setSubject('1')
      .setIssuer(accessTokens.issuer)
      .setAudience(accessTokens.audience)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(privateKey)
  return Promise.all([forged('10m'), forged('-10m')])
}

const endedToken = async () => {
  const token = await logIn(owner)
  await shop.as(token).call('POST', '/auth/logout')
  return token
}

/** The example, with new values where they must be unique in the shop. */
const fresh = (example: unknown): unknown => {
  const tag = unique()
  const renamed: Record<string, string> = { sku: `RT-${tag}`, email: `${tag}@example.com`, username: tag, name: `Sample ${tag}`, slug: tag }
  if (typeof example !== 'object' || example === null || Array.isArray(example)) return example
  return Object.fromEntries(
    Object.entries(example).map(([key, value]) => [key, typeof value === 'string' ? (renamed[key] ?? value) : value]),
  )
}

const ask = (operation: Operation, token?: string, body?: string) => {
  const headers = token ? { authorization: `Bearer ${token}` } : {}
  if (!operation.body) return send(pathOf(operation), { method: operation.method, headers })
  const { type, example } = operation.body
  const content = body ?? (typeof example === 'string' ? example : JSON.stringify(fresh(example)))
  return send(pathOf(operation), { method: operation.method, headers: { ...headers, 'content-type': type }, body: content })
}

const expectAsDocumented = (operation: Operation, answer: Awaited<ReturnType<typeof send>>) => {
  expect(operation.faultsOf(answer)).toEqual([])
  expect(answer.status).toBeLessThan(500)
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w.:-]{1,128}$/)
}
/** What was made can be read by whoever made it. */
const expectReadable = async ({ status, headers }: Awaited<ReturnType<typeof send>>, token: string) => {
  if (status !== 201) return
  const location = String(headers.get('location'))
  const read = await send(location, { headers: { authorization: `Bearer ${token}` } })
  expect({ location, status: read.status }).toEqual({ location, status: 200 })
}
/** Refused because of the token, not because of a wrong password or code. */
const refusedItsToken = ({ status, text }: { status: number; text: string }) =>
  status === 401 && ['token_required', 'invalid_token', 'token_expired', 'session_ended'].includes(JSON.parse(text).code)

test('the documents have operations of every kind of access', () => {
  expect(inOrder.length).toBeGreaterThan(40)
  expect(new Set(inOrder.map(({ access }) => access)).size).toBe(5)
})

describe.each(inOrder.map(operation => [operation.name, operation] as const))('%s', (_name, operation) => {
  const expectRefused = async (token: string | undefined, status: number) => {
    for (const body of operation.body ? [undefined, '{"cut off'] : [undefined]) {
      const answer = await ask(operation, token, body)
      expect(answer.status).toBe(status)
      expectAsDocumented(operation, answer)
      expect(answer.text).not.toContain(ownersMark)
    }
  }

  const needsToken = operation.access === 'user' || operation.access === 'admin'
  test(needsToken ? 'refuses a call without a token' : 'needs no token', async () => {
    if (needsToken) return expectRefused(undefined, 401)
    const answer = await ask(operation)
    expectAsDocumented(operation, answer)
    expect(refusedItsToken(answer)).toBe(false)
    expect(answer.text).not.toContain(ownersMark)
  })

  test('refuses a token that is malformed, forged, expired or of an ended session', async () => {
    // Where the body is signed, the token is ignored and the signature is missing.
    const status = operation.access === 'signed' ? 400 : 401
    for (const token of badTokens) await expectRefused(token, status)
  })

  test(operation.access === 'admin' ? 'refuses a customer' : 'shows a customer nothing of another customer', async () => {
    if (operation.access === 'admin') return expectRefused(other.token, 403)
    const { token } = changesItsCaller(operation) ? await newPerson() : other
    const answer = await ask(operation, token)
    expectAsDocumented(operation, answer)
    await expectReadable(answer, token)
    expect(refusedItsToken(answer)).toBe(false)
    expect(answer.text).not.toContain(ownersMark)
    if (/\/me\/\w+\/\{id\}/.test(operation.path)) expect(answer.status).toBe(404)
  })

  test('answers an administrator as its document says', async () => {
    const { token } = changesItsCaller(operation) ? await newPerson('admin') : admin
    const answer = await ask(operation, token)
    expectAsDocumented(operation, answer)
    await expectReadable(answer, token)
    expect(answer.status).not.toBe(403)
    expect(refusedItsToken(answer)).toBe(false)
  })
})

test('after all of it the accounts and the demo product are still there', async () => {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = Bun.env
  const administrator = shop.as((await shop.login({ email, password })).access_token)
  expect((await administrator.ask('GET', '/api/users/me')).status).toBe(200)
  const { items } = await administrator.call<List<{ id: number }>>('GET', `/api/users?search=${owner.username}`)
  expect(items.map(({ id }) => id)).toContain(owner.id)
  expect((await shop.guest.ask('GET', '/api/products/507f1f77bcf86cd799439011')).status).toBe(200)
})
