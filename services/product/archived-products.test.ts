import { afterAll, describe, expect, test } from 'bun:test'
import { testProduct } from './testing'

const { admin, as, send, add, published, learn, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

const archive = async (id: string) => expect((await send('DELETE', `/products/${id}`)).status).toBe(204)
const restore = (id: string, more: object = {}) => send('PATCH', `/products/${id}`, { status: 'active', ...more })
const archived = (query: string, by: Record<string, string> = admin) => send('GET', `/products/archived?${query}`, undefined, by)
const idsOf = ({ body }: Awaited<ReturnType<typeof send>>) => body.items.map(({ id }: { id: string }) => id)
const idsOnSale = async (query: string) => idsOf(await send('GET', `/products?${query}`))
const countOf = async (name: string): Promise<number | undefined> => {
  const { items } = (await send('GET', '/categories')).body
  return items.find((branch: { name: string }) => branch.name === name)?.product_count
}

describe('archived products', () => {
  test('are listed for administrators alone, by every filter, and in no answer that is cached', async () => {
    const [gone, sold, soldOut] = [
      await add({ tags: ['relic'], price: 7 }),
      await add({ tags: ['relic'] }),
      await add({ tags: ['relic'], stock: 0 }),
    ]
    for (const { id } of [gone, soldOut]) await archive(id)
    const idsIn = async (query: string) => idsOf(await archived(`tag=relic${query}`))
    expect(await idsIn('')).toEqual([soldOut.id, gone.id])
    expect(await idsIn('&in_stock=true')).toEqual([gone.id])
    expect(await idsIn('&in_stock=false&category=Electronics')).toEqual([soldOut.id])
    expect(await idsIn('&max_price=7&sort=price')).toEqual([gone.id])
    expect(await idsOnSale('tag=relic')).toEqual([sold.id])
    const { body, headers } = await archived('tag=relic&limit=1')
    expect(body).toMatchObject({ total: 2, items: [{ status: 'archived' }] })
    expect(await idsIn(`&limit=1&cursor=${body.next_cursor}`)).toEqual([gone.id])

    expect(headers.get('cache-control')).toBeNull()
    expect(await archived('', {})).toMatchObject({ status: 401, body: { code: 'token_required' } })
    expect(await archived('', await as(7))).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
  test('are taken back as they were, as the next version of what was published', async () => {
    const before = await add({ tags: ['phoenix'] })
    const { id, sku } = before
    await archive(id)
    await learn({ productId: id, level: { sku, available: 3, version: 4 } })
    const { status, headers, body } = await restore(id)
    expect(status).toBe(200)
    expect(headers.get('etag')).toBe('"3-3"')
    expect(body).toEqual({ ...before, stock: 3, updated_at: body.updated_at })
    expect(await idsOnSale('tag=phoenix&in_stock=true')).toEqual([id])
    expect(idsOf(await archived('tag=phoenix'))).toEqual([])
    expect((await restore(id)).headers.get('etag')).toBe('"3-3"')
    const events = (await published()).filter(({ aggregate }) => aggregate.id === id)
    expect(events.map(({ type, aggregate }) => [type, aggregate.version])).toEqual([
      ['product.created', 1],
      ['product.deleted', 2],
      ['product.updated', 3],
    ])
    expect(events[2].data).toEqual(body)
  })
  test('may be changed as they are taken back, by administrators who know the newest version', async () => {
    const { id } = await add()
    await archive(id)
    expect((await send('PATCH', `/products/${id}`, { status: 'active' }, await as(7))).status).toBe(403)
    expect((await send('PATCH', `/products/${id}`, { status: 'active' }, { ...admin, 'if-match': '"1-10"' })).status).toBe(412)
    expect((await send('PATCH', `/products/${id}`, { status: 'archived' })).status).toBe(400)
    expect((await restore(id, { price: 9.5, category: 'Rarities' })).body).toMatchObject({
      price: 9.5,
      category: 'Rarities',
      status: 'active',
    })
    expect(await countOf('Rarities')).toBe(1)
  })
  test('count in their category again, whatever became of it, and once for two requests', async () => {
    const [renamed, dropped] = [await add({ category: 'Attic' }), await add({ category: 'Cellar' })]
    const { items } = (await send('GET', '/categories')).body
    const idOf = (name: string) => items.find((branch: { name: string }) => branch.name === name)?.id
    for (const { id } of [renamed, dropped]) await archive(id)
    expect([await countOf('Attic'), await countOf('Cellar')]).toEqual([0, 0])
    expect((await send('PATCH', `/categories/${idOf('Attic')}`, { name: 'Loft' })).status).toBe(200)
    expect((await send('DELETE', `/categories/${idOf('Cellar')}`)).status).toBe(204)

    const both = await Promise.all([restore(renamed.id), restore(renamed.id)])
    for (const { body } of both) expect(body).toMatchObject({ category: 'Loft', category_ids: renamed.category_ids })
    expect((await restore(dropped.id)).body.category).toBe('Cellar')
    expect([await countOf('Loft'), await countOf('Attic'), await countOf('Cellar')]).toEqual([1, undefined, 1])
    await archive(renamed.id)
    expect(await countOf('Loft')).toBe(0)
  })
})
