import { afterAll, describe, expect, test } from 'bun:test'
import { testProduct } from './testing'

const { send, admin, add, published, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

interface Branch {
  id: string
  name: string
  product_count: number
  children: Branch[]
}
const tree = async (): Promise<Branch[]> => (await send('GET', '/categories', undefined, {})).body.items
const categoryNamed = async (name: string): Promise<Branch> => {
  const found = (await tree()).find(branch => branch.name === name)
  if (!found) throw new Error(`the tree has no category ${name}`)
  return found
}
const create = async (name: string, parent_id?: string) => {
  const { status, headers, body } = await send('POST', '/categories', { name, ...(parent_id && { parent_id }) })
  expect(status).toBe(201)
  expect(headers.get('location')).toBe(`/api/categories/${body.id}`)
  return body
}

test('the tree shows each category within its parent, with its number of products', async () => {
  const garden = await create('Garden')
  const tools = await create('Garden Tools', garden.id)
  await add({ category: 'garden  tools' })
  const found = (await tree()).find(({ id }) => id === garden.id)
  expect(found).toMatchObject({ name: 'Garden', slug: 'garden', parent_id: null, product_count: 0 })
  expect(found?.children).toEqual([{ ...tools, slug: 'garden-tools', product_count: 1, children: [] }])
})

test('an unknown category is created once, at the top, even if several products name it at the same time', async () => {
  const made = await Promise.all(['Toys', 'toys', ' TOYS ', 'Toys', 'Toys', 'Toys', 'Toys', 'Toys'].map(category => add({ category })))
  expect(new Set(made.map(({ category }) => category)).size).toBe(1)
  const found = (await tree()).filter(({ name }) => name.toLowerCase() === 'toys')
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ parent_id: null, product_count: 8 })
})

test('two names with the same slug are two categories', async () => {
  await add({ category: 'C' })
  await add({ category: 'C++' })
  expect((await tree()).filter(({ name }) => name.startsWith('C')).map(({ name }) => name)).toEqual(['C', 'C++'])
  expect((await send('GET', `/products?category=${encodeURIComponent('C++')}`)).body.total).toBe(1)
})

test('a rejected product creates no category', async () => {
  const { sku } = await add()
  const refused = { name: 'x', description: '', price: 1, category: 'Never', stock: 1, sku }
  expect((await send('POST', '/products', refused)).status).toBe(409)
  expect((await tree()).some(({ name }) => name === 'Never')).toBe(false)
})

test('names and slugs are unique', async () => {
  const { id } = await create('Pets')
  expect((await send('POST', '/categories', { name: 'PETS' })).body.code).toBe('category_exists')
  expect((await send('POST', '/categories', { name: 'Animals', slug: 'pets' })).body.code).toBe('slug_taken')
  expect((await send('PATCH', `/categories/${id}`, { slug: 'our-pets' })).body.slug).toBe('our-pets')
  for (const body of [{}, { name: '' }, { name: 'x', parent_id: 'zonk' }, { name: 'x', zonk: 1 }, { name: 'x', slug: 'a b' }])
    expect((await send('POST', '/categories', body)).status).toBe(400)
  expect((await send('POST', '/categories', { name: 'Lost', parent_id: 'f'.repeat(24) })).body.code).toBe('unknown_parent')
})

describe('moving a category', () => {
  test('never creates a cycle, not even by two moves at once', async () => {
    const a = await create('Round A')
    const b = await create('Round B')
    const moves = await Promise.all([
      send('PATCH', `/categories/${a.id}`, { parent_id: b.id }),
      send('PATCH', `/categories/${b.id}`, { parent_id: a.id }),
    ])
    expect(moves.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect((await send('PATCH', `/categories/${a.id}`, { parent_id: a.id })).body.code).toBe('category_cycle')
  })

  test('is limited to six levels, including its descendants', async () => {
    let parent = await create('StockLevel 1')
    for (let level = 2; level <= 6; level++) parent = await create(`StockLevel ${level}`, parent.id)
    expect((await send('POST', '/categories', { name: 'StockLevel 7', parent_id: parent.id })).body.code).toBe('too_deep')
    const top = (await tree()).find(({ name }) => name === 'StockLevel 1')
    const other = await create('Above')
    expect((await send('PATCH', `/categories/${top?.id}`, { parent_id: other.id })).body.code).toBe('too_deep')
    expect((await send('PATCH', `/categories/${parent.id}`, { parent_id: null })).status).toBe(200)
  })
})

test('a rename reaches every product and publishes each of them', async () => {
  const made = await Promise.all(Array.from({ length: 120 }, () => add({ category: 'Hi-fi' })))
  const { id } = await categoryNamed('Hi-fi')
  const newcomer = add({ category: 'hi-fi' })
  expect((await send('PATCH', `/categories/${id}`, { name: 'Audio' })).status).toBe(200)
  await newcomer
  const { items, total } = (await send('GET', '/products?category=Audio&limit=100')).body
  expect([...new Set(items.map(({ category }: { category: string }) => category))]).toEqual(['Audio'])
  expect(total).toBeGreaterThanOrEqual(120)
  const updates = (await published()).filter(({ type, data }) => type === 'product.updated' && data.category === 'Audio')
  expect(new Set(updates.map(message => message.aggregate.id)).isSupersetOf(new Set(made.map(product => product.id)))).toBe(true)
  expect(updates.every(message => message.aggregate.version === 2)).toBe(true)
})

test('a category can be removed only when it contains no product and no category', async () => {
  const { id: product } = await add({ category: 'Short-lived' })
  const { id } = await categoryNamed('Short-lived')
  const child = await create('Within', id)
  expect((await send('DELETE', `/categories/${id}`)).body.code).toBe('category_in_use')
  expect((await send('DELETE', `/categories/${child.id}`)).status).toBe(204)
  await send('PATCH', `/products/${product}`, { category: 'Elsewhere' })
  const outcomes = await Promise.all([send('DELETE', `/categories/${id}`), add({ category: 'Short-lived' })])
  const left = (await tree()).filter(({ name }) => name === 'Short-lived')
  expect(left.map(branch => branch.product_count)).toEqual([1])
  expect([204, 409]).toContain(outcomes[0].status)
  await send('DELETE', `/products/${product}`)
  const elsewhere = await categoryNamed('Elsewhere')
  expect(elsewhere.product_count).toBe(0)
  expect((await send('DELETE', `/categories/${elsewhere.id}`)).status).toBe(204)
  expect((await send('DELETE', `/categories/${elsewhere.id}`)).status).toBe(404)
})

test('a category is created once for one idempotency key, also by two requests at once', async () => {
  const create = (name = 'Once only') => send('POST', '/categories', { name }, { ...admin, 'idempotency-key': 'category-once' })
  const [one, two] = await Promise.all([create(), create()])
  const three = await create()
  expect([one, two, three].map(({ status }) => status)).toEqual([201, 201, 201])
  expect(new Set([one, two, three].map(({ body }) => body.id)).size).toBe(1)
  expect([three.headers.get('idempotent-replayed'), three.headers.get('location')]).toEqual(['true', `/api/categories/${one.body.id}`])
  expect((await create('Another')).body.code).toBe('idempotency_key_reused')
  expect((await send('POST', '/categories', { name: 'Once only' })).body.code).toBe('category_exists')
})
