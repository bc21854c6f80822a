import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { testProduct } from './testing'

const { send, add, published, failures, drop } = await testProduct()
// For machines that are busy with other things.
setDefaultTimeout(20_000)
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
const make = async (name: string, parent_id?: string) => {
  const { status, headers, body } = await send('POST', '/categories', { name, ...(parent_id && { parent_id }) })
  expect(status).toBe(201)
  expect(headers.get('location')).toBe(`/api/categories/${body.id}`)
  return body
}

test('the tree shows what lies in what, and how many products', async () => {
  const garden = await make('Garden')
  const tools = await make('Garden Tools', garden.id)
  await add({ category: 'garden  tools' })
  const found = (await tree()).find(({ id }) => id === garden.id)
  expect(found).toMatchObject({ name: 'Garden', slug: 'garden', parent_id: null, product_count: 0 })
  expect(found?.children).toEqual([{ ...tools, slug: 'garden-tools', product_count: 1, children: [] }])
})

test('an unknown category begins at the top, once, however many name it at the same time', async () => {
  const made = await Promise.all(['Toys', 'toys', ' TOYS ', 'Toys', 'Toys', 'Toys', 'Toys', 'Toys'].map(category => add({ category })))
  expect(new Set(made.map(({ category }) => category)).size).toBe(1)
  const found = (await tree()).filter(({ name }) => name.toLowerCase() === 'toys')
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ parent_id: null, product_count: 8 })
})

test('names that make the same slug are still two categories', async () => {
  await add({ category: 'C' })
  await add({ category: 'C++' })
  expect((await tree()).filter(({ name }) => name.startsWith('C')).map(({ name }) => name)).toEqual(['C', 'C++'])
  expect((await send('GET', `/products?category=${encodeURIComponent('C++')}`)).body.total).toBe(1)
})

test('a product that is refused leaves no category behind', async () => {
  const { sku } = await add()
  const refused = { name: 'x', description: '', price: 1, category: 'Never', stock: 1, sku }
  expect((await send('POST', '/products', refused)).status).toBe(409)
  expect((await tree()).some(({ name }) => name === 'Never')).toBe(false)
})

test('names and slugs are taken once', async () => {
  const { id } = await make('Pets')
  expect((await send('POST', '/categories', { name: 'PETS' })).body.code).toBe('category_exists')
  expect((await send('POST', '/categories', { name: 'Animals', slug: 'pets' })).body.code).toBe('slug_taken')
  expect((await send('PATCH', `/categories/${id}`, { slug: 'our-pets' })).body.slug).toBe('our-pets')
  for (const body of [{}, { name: '' }, { name: 'x', parent_id: 'zonk' }, { name: 'x', zonk: 1 }, { name: 'x', slug: 'a b' }])
    expect((await send('POST', '/categories', body)).status).toBe(400)
  expect((await send('POST', '/categories', { name: 'Lost', parent_id: 'f'.repeat(24) })).body.code).toBe('unknown_parent')
})

describe('moving', () => {
  test('never makes a cycle, not even by two moves at once', async () => {
    const a = await make('Round A')
    const b = await make('Round B')
    const moves = await Promise.all([
      send('PATCH', `/categories/${a.id}`, { parent_id: b.id }),
      send('PATCH', `/categories/${b.id}`, { parent_id: a.id }),
    ])
    expect(moves.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect((await send('PATCH', `/categories/${a.id}`, { parent_id: a.id })).body.code).toBe('category_cycle')
  })

  test('stops at six levels, what it brings along counted', async () => {
    let parent = await make('Level 1')
    for (let level = 2; level <= 6; level++) parent = await make(`Level ${level}`, parent.id)
    expect((await send('POST', '/categories', { name: 'Level 7', parent_id: parent.id })).body.code).toBe('too_deep')
    const top = (await tree()).find(({ name }) => name === 'Level 1')
    const other = await make('Above')
    expect((await send('PATCH', `/categories/${top?.id}`, { parent_id: other.id })).body.code).toBe('too_deep')
    expect((await send('PATCH', `/categories/${parent.id}`, { parent_id: null })).status).toBe(200)
  })
})

test('a rename shows in every product and is told for each', async () => {
  const made = await Promise.all(Array.from({ length: 120 }, () => add({ category: 'Hi-fi' })))
  const { id } = (await tree()).find(({ name }) => name === 'Hi-fi')!
  const born = add({ category: 'hi-fi' })
  expect((await send('PATCH', `/categories/${id}`, { name: 'Audio' })).status).toBe(200)
  await born
  const { items, total } = (await send('GET', '/products?category=Audio&limit=100')).body
  expect([...new Set(items.map(({ category }: { category: string }) => category))]).toEqual(['Audio'])
  expect(total).toBeGreaterThanOrEqual(120)
  const told = (await published()).filter(({ type, data }) => type === 'product.updated' && data.category === 'Audio')
  expect(new Set(told.map(message => message.aggregate.id)).isSupersetOf(new Set(made.map(product => product.id)))).toBe(true)
  expect(told.every(message => message.aggregate.version === 2)).toBe(true)
})

test('what is in use stays: removed only when no product and no category is in it', async () => {
  const { id: product } = await add({ category: 'Short-lived' })
  const { id } = (await tree()).find(({ name }) => name === 'Short-lived')!
  const child = await make('Within', id)
  expect((await send('DELETE', `/categories/${id}`)).body.code).toBe('category_in_use')
  expect((await send('DELETE', `/categories/${child.id}`)).status).toBe(204)
  await send('PATCH', `/products/${product}`, { category: 'Elsewhere' })
  const outcomes = await Promise.all([send('DELETE', `/categories/${id}`), add({ category: 'Short-lived' })])
  const left = (await tree()).filter(({ name }) => name === 'Short-lived')
  expect(left.map(branch => branch.product_count)).toEqual([1])
  expect([204, 409]).toContain(outcomes[0].status)
  await send('DELETE', `/products/${product}`)
  const elsewhere = (await tree()).find(({ name }) => name === 'Elsewhere')!
  expect(elsewhere.product_count).toBe(0)
  expect((await send('DELETE', `/categories/${elsewhere.id}`)).status).toBe(204)
  expect((await send('DELETE', `/categories/${elsewhere.id}`)).status).toBe(404)
})
