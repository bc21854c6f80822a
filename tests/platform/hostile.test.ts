import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { hashes, marker, type Variant, variantsOf } from './hostile-variants'
import { adminToken, call, isForTheExpendable, type Operation, operations, send, somebody, withdrawCampaigns } from './operations'

/** Hostile input on every route, as an admin where the route wants one, so that it gets as far in as it can. */

const all = await operations()
let token: string
let things: Record<string, string>

afterAll(withdrawCampaigns)
beforeAll(async () => {
  const [admin, target] = await Promise.all([somebody('admin'), somebody()])
  token = admin.token
  const sku = `HT-${crypto.randomUUID().slice(0, 8)}`
  const product = await call.post(
    '/api/products',
    { name: 'A thing to be hit', description: 'Nothing to buy.', price: 5, category: `Hostile ${sku}`, stock: 3, sku },
    token,
  )
  const category = await call.post('/api/categories', { name: `Hit ${sku}` }, token)
  await eventually(async () => (await send(`/api/inventory/${product.id}`)).status === 200)
  things = {
    '/api/products/{id}': product.id,
    '/api/products/by-sku/{sku}': sku,
    '/api/categories/{id}': category.id,
    '/api/inventory/{product_id}': product.id,
    '/api/users/{id}': `${target.id}`,
    '/api/discovery/services/{name}': 'product',
  }
})

const pathFor =
  (operation: Operation) =>
  (change: Record<string, string> = {}) => {
    const known = Object.entries(things).find(([start]) => operation.path.startsWith(start))?.[1]
    return operation.path.replace(/\{(\w+)\}/g, (_, name) => change[name] ?? known ?? '000000000000000000000000')
  }

const faultsOf = async (operation: Operation, { what, method, path, headers, body }: Variant): Promise<string[]> => {
  const answer = await send(path, { method, headers, ...(body !== undefined && { body }) })
  // Whoever says to have it already may be told so, by the gateway's cache as well.
  if (answer.status === 304 && headers['if-none-match'] && answer.text === '') return []
  const faults = [
    ...(answer.status >= 500 ? [`answered ${answer.status}: ${answer.text.slice(0, 200)}`] : []),
    ...operation.faultsOf(answer),
    ...(answer.status >= 400 && answer.text.includes(marker) ? [`repeats what was sent: ${answer.text.slice(0, 300)}`] : []),
    ...([...answer.headers.values()].some(value => value.includes(marker)) ? ['repeats what was sent in a header'] : []),
    ...(/\n\s+at |node_modules|stack/.test(answer.status >= 400 ? answer.text : '') ? ['shows its insides'] : []),
  ]
  return faults.map(fault => `${what}: ${answer.status} ${fault}`)
}

const atOnce = 8

describe.each(all.map(operation => [operation.name, operation] as const))('%s', (_name, operation) => {
  test('answers hostile input as it says it answers', async () => {
    const person = isForTheExpendable(operation) ? (await somebody('admin')).token : token
    const variants = variantsOf(operation, pathFor(operation), operation.door === 'public' ? {} : { authorization: `Bearer ${person}` })
    expect(variants.length).toBeGreaterThanOrEqual(100)
    const left = variants.values()
    const faults: string[] = []
    const worker = async () => {
      for (const variant of left) faults.push(...(await faultsOf(operation, variant)))
    }
    await Promise.all(Array.from({ length: hashes(operation) ? 2 : atOnce }, worker))
    expect(faults).toEqual([])
  })
})

test('after all of it the platform is well, and what it sells is as it was', async () => {
  expect((await send('/health/services')).status).toBe(200)
  const sample = JSON.parse((await send('/api/products/507f1f77bcf86cd799439011')).text)
  expect(sample).toMatchObject({ price: 1500, currency: 'USD', status: 'active' })
  expect((await send('/api/users/me', { headers: { authorization: `Bearer ${await adminToken()}` } })).status).toBe(200)
})
