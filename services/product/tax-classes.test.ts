import { afterAll, describe, expect, test } from 'bun:test'
import { testProduct } from './testing'

const { send, add, published, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

const category = async (name: string, more: object = {}) => (await send('POST', '/categories', { name, ...more })).body.id as string
const read = async (id: string) => (await send('GET', `/products/${id}`, undefined, {})).body
const classOf = async (id: string) => (await read(id)).tax_class

describe('the tax class of a product', () => {
  test('is its own, or else that of the nearest category that has one, or else standard', async () => {
    await category('Parts', { parent_id: await category('Machines') })
    expect((await add({ category: 'Parts' })).tax_class).toBe('standard')
    const media = await category('Media', { tax_class: 'books' })
    await category('Novels', { parent_id: media })
    await category('Papers', { parent_id: media, tax_class: 'newspapers' })
    expect((await add({ category: 'Novels' })).tax_class).toBe('books')
    expect((await add({ category: 'Papers' })).tax_class).toBe('newspapers')
    const { id } = await add({ category: 'Novels', tax_class: 'exempt' })
    expect(await classOf(id)).toBe('exempt')
    expect((await send('PATCH', `/products/${id}`, { tax_class: null })).body.tax_class).toBe('books')
  })

  test('stays that of the category when it is sent back as it was read', async () => {
    const { id, ...product } = await add({ category: 'Novels' })
    const { name, description, price, category: name_, sku, tax_class } = product
    await send('PUT', `/products/${id}`, { name, description, price: price + 1, category: name_, sku, tax_class })
    expect(await classOf(id)).toBe('books')
    expect((await send('PATCH', `/products/${id}`, { category: 'Machines' })).body.tax_class).toBe('standard')
  })

  test('is unchanged by a rename of the category', async () => {
    const shelf = await category('Paperbacks', { tax_class: 'books' })
    const { id } = await add({ category: 'Paperbacks' })
    await send('PATCH', `/categories/${shelf}`, { name: 'Literature' })
    expect(await read(id)).toMatchObject({ category: 'Literature', tax_class: 'books' })
  })

  test('follows that of a category above it, and the change is published with a new version', async () => {
    const top = await category('Health')
    await category('Remedies', { parent_id: top })
    const { id } = await add({ category: 'Remedies' })
    const before = (await send('GET', `/products/${id}`)).headers.get('etag')
    expect((await send('PATCH', `/categories/${top}`, { tax_class: 'medicine' })).body.tax_class).toBe('medicine')
    expect(await classOf(id)).toBe('medicine')
    expect((await send('GET', `/products/${id}`)).headers.get('etag')).not.toBe(before)
    const told = (await published()).filter(({ type, aggregate }) => type === 'product.updated' && aggregate.id === id)
    expect(told.map(({ aggregate, data }) => [aggregate.version, data.tax_class])).toEqual([[2, 'medicine']])
    await send('PATCH', `/categories/${top}`, { tax_class: null })
    expect(await classOf(id)).toBe('standard')
  })

  test('is one of a closed list', async () => {
    expect((await send('POST', '/categories', { name: 'Odd', tax_class: 'odd' })).status).toBe(400)
    expect((await send('PATCH', `/products/${(await add()).id}`, { tax_class: 'odd' })).status).toBe(400)
  })
})

describe('the path of a product', () => {
  test('leads from the top of the tree to its category, in every answer and in its events', async () => {
    const top = await category('Outdoor')
    const below = await category('Tents', { parent_id: top })
    const { id, category_ids } = await add({ category: 'Tents' })
    expect(category_ids).toEqual([top, below])
    expect((await send('POST', '/products/batch', { ids: [id] })).body.items[0].category_ids).toEqual([top, below])
    const [created] = (await published()).filter(({ aggregate }) => aggregate.id === id)
    expect(created.data).toMatchObject({ category_ids: [top, below], tax_class: 'standard' })
  })

  test('follows when a category above it moves, and lists follow too', async () => {
    const from = await category('Winter')
    const to = await category('Summer')
    const moved = await category('Boots', { parent_id: from })
    const low = await category('Laces', { parent_id: moved })
    const { id } = await add({ category: 'Laces' })
    await send('PATCH', `/categories/${moved}`, { parent_id: to })
    expect((await read(id)).category_ids).toEqual([to, moved, low])
    const total = async (name: string) => (await send('GET', `/products?category=${name}`)).body.total
    expect([await total('Winter'), await total('Summer')]).toEqual([0, 1])
  })

  test('is right even when the product is added while a category above it moves', async () => {
    const [from, to] = [await category('North'), await category('South')]
    const moved = await category('East', { parent_id: from })
    await category('West', { parent_id: moved })
    const [, ...added] = await Promise.all([
      send('PATCH', `/categories/${moved}`, { parent_id: to }),
      ...Array.from({ length: 5 }, () => add({ category: 'West' })),
    ])
    await send('PATCH', `/categories/${from}`, { name: 'North again' })
    for (const { id } of added) expect((await read(id)).category_ids.slice(0, 2)).toEqual([to, moved])
  })
})
