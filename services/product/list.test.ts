import { afterAll, expect, test } from 'bun:test'
import { ObjectId } from 'mongodb'
import type { PlacedCategory } from './category-place'
import { categoriesOf, productsOf, rowOf } from './database'
import { newProduct } from './domain'
import { findStep, type ListQuery, listPlan, narrowPlan } from './list'
import type { ProductView } from './model'
import { testProduct } from './testing'

const { mongo, send, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

// Three nested categories and a separate one; few prices, so that there are many ties.
const named = (name: string, above: readonly ObjectId[] = []): PlacedCategory => {
  const _id = new ObjectId()
  return { _id, name, category_ids: [...above, _id], category_tax_class: 'standard', category_version: 0 }
}
const [shop, books] = [named('Shop'), named('Books')]
const phones = named('Phones', shop.category_ids)
const cases = named('Cases', phones.category_ids)
const categoryRow = ({ _id, name }: PlacedCategory, parent_id: ObjectId | null) => ({
  _id,
  name,
  key: name.toLowerCase(),
  slug: name.toLowerCase(),
  parent_id,
  products: 0,
})
await categoriesOf(mongo).insertMany([
  categoryRow(shop, null),
  categoryRow(phones, shop._id),
  categoryRow(cases, phones._id),
  categoryRow(books, null),
])
const rows = Array.from({ length: 12_000 }, (_, n) => {
  const category = [phones, cases, books][(n % 4) - 1] ?? shop
  const product = newProduct(
    {
      name: `Thing ${(n * 7) % 500}`,
      description: '',
      price: (n % 40) + 0.99,
      category: category.name,
      stock: n % 3 === 0 ? 0 : 5,
      sku: `L-${n}`,
      tags: n % 5 === 0 ? ['fifth'] : ['other'],
    },
    new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 3) * 1000),
  )
  return rowOf(new ObjectId(), product, category)
})
for (let at = 0; at < rows.length; at += 3000) await productsOf(mongo).insertMany(rows.slice(at, at + 3000))

const list = async (query: string) => (await send('GET', `/products?${query}`, undefined, {})).body

test('every list is filtered and sorted by an index, without a collection scan or a sort in memory', async () => {
  const queries: Partial<ListQuery>[] = []
  for (const sort of ['price', '-price', 'name', '-created_at'] as const)
    for (const category of [undefined, phones._id, shop._id])
      for (const tag of [undefined, 'fifth'])
        for (const more of [{}, { in_stock: 'true' }, { in_stock: 'false' }, { min_price: 5, max_price: 20 }] as const) {
          const query: ListQuery = { sort, skip: 0, limit: 10, ...more, ...(tag && { tag }) }
          const first = listPlan(query, category)
          const page = await findStep(mongo, first.steps[0]!, first).toArray()
          const cursor = Buffer.from(JSON.stringify(first.keysOf(page[9]!))).toString('base64url')
          const next = listPlan({ ...query, cursor }, category)
          for (const [plan, step] of [[first, first.steps[0]!] as const, ...next.steps.map(step => [next, step] as const)]) {
            const { queryPlanner, executionStats } = await findStep(mongo, step, plan).explain('executionStats')
            const text = JSON.stringify(queryPlanner)
            expect(text).not.toContain('COLLSCAN')
            expect(text).not.toContain('"stage":"SORT"')
            expect(text).toContain(plan.hint)
            // Without a filter that the index lacks, only the documents of the page are read.
            if (!(category && tag) && !('min_price' in more && !sort.endsWith('price')))
              expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(12)
          }
          queries.push(query)
        }
  expect(queries).toHaveLength(96)
})

test('a filter that few products match reads those few, whatever the order', async () => {
  for (const [query, category] of [
    [{ sort: 'name', min_price: 999_999 }],
    [{ sort: '-created_at', min_price: 999_999, max_price: 1_000_000 }],
    [{ sort: 'name', min_price: 999_999 }, shop._id],
    [{ sort: 'name', tag: 'nowhere' }, shop._id],
    [{ sort: 'price', tag: 'nowhere', min_price: 1 }, shop._id],
  ] as [Partial<ListQuery>, ObjectId?][]) {
    const plan = await narrowPlan(mongo, listPlan({ skip: 0, limit: 10, ...query }, category))
    const { executionStats } = await findStep(mongo, plan.steps[0]!, plan).explain('executionStats')
    expect([executionStats.totalDocsExamined, executionStats.totalKeysExamined < 10]).toEqual([0, true])
  }
  const { items, total } = await list('category=shop&tag=fifth&sort=price&min_price=39&limit=5')
  const matching = rows.filter(row => row.category !== 'Books' && row.tags.includes('fifth') && row.price >= 3900)
  expect([items.length, total]).toEqual([Math.min(5, matching.length), matching.length])
})

test('a category above 150 others is listed without a sort in memory', async () => {
  const plan = listPlan({ sort: 'price', skip: 0, limit: 10 }, shop._id)
  await categoriesOf(mongo).insertMany(Array.from({ length: 150 }, (_, n) => categoryRow(named(`Below ${n}`), shop._id)))
  const { queryPlanner, executionStats } = await findStep(mongo, plan.steps[0]!, plan).explain('executionStats')
  expect(JSON.stringify(queryPlanner)).not.toContain('"stage":"SORT"')
  expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(12)
})

test('a category includes its descendants, and is found by its name in any case or by its slug', async () => {
  expect((await list('category=shop')).total).toBe(9000)
  expect((await list('category=PHONES')).total).toBe(6000)
  expect((await list('category=Cases')).total).toBe(3000)
  expect(await list('category=Nowhere')).toEqual({ items: [], total: 0, skip: 0, limit: 20 })
})

test('filters combine, with prices in major units', async () => {
  const { items, total } = await list('category=Books&min_price=3.99&max_price=7.99&in_stock=true&tag=other&sort=price&limit=100')
  const matching = rows.filter(
    row => row.category === 'Books' && row.price >= 399 && row.price <= 799 && row.stock > 0 && row.tags.includes('other'),
  )
  expect(total).toBe(matching.length)
  expect(matching.length).toBeGreaterThan(50)
  expect(items.map((item: ProductView) => item.id)).toEqual(
    matching
      .toSorted((a, b) => a.price - b.price || a._id.toHexString().localeCompare(b._id.toHexString()))
      .slice(0, 100)
      .map(row => row._id.toHexString()),
  )
  expect((await list('in_stock=false')).items.every((item: ProductView) => item.stock === 0)).toBe(true)
})

test('counting and skipping stop at ten thousand', async () => {
  expect(await list('limit=1')).toMatchObject({ total: 10_000, total_capped: true })
  const { status, body } = await send('GET', '/products?skip=10001')
  expect([status, body.code]).toEqual([400, 'use_cursor'])
  for (const query of ['limit=0', 'limit=101', 'skip=-1', 'min_price=x', 'sort=stock', 'zonk=1', 'cursor=zonk', 'in_stock=maybe'])
    expect((await send('GET', `/products?${query}`)).status, query).toBe(400)
})

test('a cursor reads every row once in each order, despite ties', async () => {
  for (const sort of ['price', '-price', 'name', '-created_at']) {
    const seen: ProductView[] = []
    let cursor: string | undefined
    do {
      const page = await list(`category=books&sort=${sort}&limit=100${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...page.items)
      cursor = page.next_cursor
    } while (cursor && seen.length < 5000)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(3000)
    expect(seen).toHaveLength(3000)
    const key = (item: ProductView) => (sort.endsWith('price') ? item.price : sort === 'name' ? item.name : -Date.parse(item.created_at))
    const direction = sort === '-price' ? -1 : 1
    for (const [n, item] of seen.slice(1).entries())
      expect(key(item) < key(seen[n]!) ? -1 : 1).toBe(key(item) === key(seen[n]!) ? 1 : direction)
  }
  const { next_cursor } = await list('sort=price')
  expect((await send('GET', `/products?sort=name&cursor=${next_cursor}`)).body.code).toBe('invalid_cursor')
})
