import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { generateKeyPair, SignJWT } from 'jose'
import { accessTokens } from '#shared/auth'
import { eventually } from '#shared/testing'
import {
  adminToken,
  call,
  gateway,
  isForTheExpendable,
  login,
  type Operation,
  operations,
  type Person,
  send,
  somebody,
  withdrawCampaigns,
} from './operations'

/** Every route of every document, asked by everybody: who may, may; who may not, learns nothing; and each answer is as the document says. */

// Found before the tests are told their names.
const all = await operations()
// What ends things comes last.
const inOrder = [...all.filter(({ method }) => method !== 'DELETE'), ...all.filter(({ method }) => method === 'DELETE')]

const ownersMark = `owner${crypto.randomUUID().slice(0, 8)}`
let owner: Person
let other: Person
let admin: Person
let things: Record<string, string>
let badTokens: Record<string, string>

afterAll(withdrawCampaigns)
beforeAll(async () => {
  ;[owner, other, admin] = await Promise.all([somebody('customer', ownersMark), somebody(), somebody('admin')])
  const sku = `RT-${crypto.randomUUID().slice(0, 8)}`
  const address = { line1: `${ownersMark} Street 1`, city: 'Hanoi', postal_code: '10000', country: 'VN' }
  const [category, addressOfOwner] = await Promise.all([
    call.post('/api/categories', { name: `Routes ${sku}` }, admin.token),
    call.post('/api/users/me/addresses', address, owner.token),
  ])
  const product = await call.post(
    '/api/products',
    { name: 'A thing for tests', description: 'Nothing to buy.', price: 5, category: category.name, stock: 3, sku },
    admin.token,
  )
  await eventually(async () => (await send(`/api/inventory/${product.id}`)).status === 200)
  const [session] = JSON.parse((await send('/api/users/me/sessions', as(owner.token))).text).items
  things = {
    '/api/products/{id}': product.id,
    '/api/products/by-sku/{sku}': sku,
    '/api/categories/{id}': category.id,
    '/api/inventory/{product_id}': product.id,
    '/api/users/me/addresses/{id}': addressOfOwner.id,
    '/api/users/me/sessions/{id}': session.id,
    '/api/users/{id}': `${owner.id}`,
    '/api/discovery/services/{name}': 'product',
  }
  badTokens = { 'no such token': 'not.a.token', ...(await madeTokens()), 'one of a session that ended': await endedToken() }
})

/** Looks right in every part: a known key, the right names, a time to live; signed by somebody else, or past its time as well. */
const madeTokens = async () => {
  const { keys } = JSON.parse((await send('/.well-known/jwks.json')).text)
  const { privateKey } = await generateKeyPair(accessTokens.algorithm)
  const made = (expires: string) =>
    new SignJWT({ sid: crypto.randomUUID(), role: 'admin' })
      .setProtectedHeader({ alg: accessTokens.algorithm, kid: keys[0].kid })
      .setSubject('1')
      .setIssuer(accessTokens.issuer)
      .setAudience(accessTokens.audience)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(privateKey)
  return { 'a forged one': await made('10m'), 'one past its time': await made('-10m') }
}

const endedToken = async () => {
  const token = await login(owner.username)
  await send('/auth/logout', { method: 'POST', ...as(token) })
  return token
}

const as = (token?: string) => ({ headers: { ...(token && { authorization: `Bearer ${token}` }) } })

const pathOf = ({ path }: Operation) => {
  const known = Object.entries(things).find(([start]) => path.startsWith(start))
  const missing = path.includes('/dead-letters/') ? 'order.timeouts' : '000000000000000000000000'
  return path.replace(/\{\w+\}/g, () => known?.[1] ?? missing)
}

/** The example, made somebody's own: what must be unique in the shop is, and the names that the README speaks of stay free. */
const fresh = (example: unknown): unknown => {
  const tag = crypto.randomUUID().slice(0, 8)
  const renamed: Record<string, string> = { sku: `RT-${tag}`, email: `${tag}@example.com`, username: tag, name: `Thing ${tag}`, slug: tag }
  if (typeof example !== 'object' || example === null || Array.isArray(example)) return example
  return Object.fromEntries(
    Object.entries(example).map(([key, value]) => [key, typeof value === 'string' ? (renamed[key] ?? value) : value]),
  )
}

const ask = (operation: Operation, token?: string, body?: string) => {
  const { headers } = as(token)
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
/** Refused for its token, not for a wrong password or code. */
const wasTurnedAway = ({ status, text }: { status: number; text: string }) =>
  status === 401 && ['token_required', 'invalid_token', 'token_expired', 'session_ended'].includes(JSON.parse(text).code)

test('the documents tell of every service', () => {
  expect(inOrder.length).toBeGreaterThan(40)
  expect(new Set(inOrder.map(({ door }) => door)).size).toBe(5)
})

describe.each(inOrder.map(operation => [operation.name, operation] as const))('%s', (_name, operation) => {
  const refusedUnread = async (token: string | undefined, status: number) => {
    for (const body of operation.body ? [undefined, '{"cut off'] : [undefined]) {
      const answer = await ask(operation, token, body)
      expect(answer.status).toBe(status)
      expectAsDocumented(operation, answer)
      expect(answer.text).not.toContain(ownersMark)
    }
  }

  const asksForToken = operation.door === 'user' || operation.door === 'admin'
  test(asksForToken ? 'is closed without a token' : 'lets in who has no token', async () => {
    if (asksForToken) return refusedUnread(undefined, 401)
    const answer = await ask(operation)
    expectAsDocumented(operation, answer)
    expect(wasTurnedAway(answer)).toBe(false)
    expect(answer.text).not.toContain(ownersMark)
  })

  test('refuses a token that is none, forged, past its time or of a session that ended', async () => {
    // A signed body is believed for its signature; a token beside it is not looked at.
    const status = operation.door === 'signed' ? 400 : 401
    for (const token of Object.values(badTokens)) await refusedUnread(token, status)
  })

  test(operation.door === 'admin' ? 'is closed to a customer' : 'tells a customer nothing of another', async () => {
    if (operation.door === 'admin') return refusedUnread(other.token, 403)
    const { token } = isForTheExpendable(operation) ? await somebody() : other
    const answer = await ask(operation, token)
    expectAsDocumented(operation, answer)
    expect(wasTurnedAway(answer)).toBe(false)
    expect(answer.text).not.toContain(ownersMark)
    if (/\/me\/\w+\/\{id\}/.test(operation.path)) expect(answer.status).toBe(404)
  })

  test('answers an admin as it says', async () => {
    const { token } = isForTheExpendable(operation) ? await somebody('admin') : admin
    const answer = await ask(operation, token)
    expectAsDocumented(operation, answer)
    expect(answer.status).not.toBe(403)
    expect(wasTurnedAway(answer)).toBe(false)
  })
})

test('the owner still has what is theirs, and the shop its product', async () => {
  const mine = await send('/api/users/me', as(await login(String(Bun.env.ADMIN_EMAIL), String(Bun.env.ADMIN_PASSWORD))))
  expect(mine.status).toBe(200)
  const { items } = JSON.parse((await send(`/api/users?search=${owner.username}`, as(await adminToken()))).text)
  expect(items.map(({ id }: Person) => id)).toContain(owner.id)
  expect((await fetch(`${gateway}/api/products/507f1f77bcf86cd799439011`)).status).toBe(200)
})
