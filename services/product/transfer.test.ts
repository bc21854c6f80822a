import { afterAll, describe, expect, test } from 'bun:test'
import { productsOf } from './database'
import { maxLineBytes } from './import-lines'
import type { ProductView } from './model'
import { testProduct } from './testing'

const { app, mongo, admin, as, send, add, published, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

const upload = async (body: BodyInit, type = 'application/x-ndjson', headers: Record<string, string> = admin) => {
  const response = await app.handle(
    new Request('http://localhost/api/products/import', { method: 'POST', headers: { ...headers, 'content-type': type }, body }),
  )
  return { status: response.status, body: await response.json() }
}
const download = async (query = '') =>
  (await app.handle(new Request(`http://localhost/api/products/export${query}`, { headers: admin }))).text()
const item = (sku: string, more: object = {}) => ({
  sku,
  name: `Thing ${sku}`,
  description: '',
  price: 9.99,
  category: 'Imported',
  stock: 3,
  ...more,
})
const lines = (...items: unknown[]) => items.map(one => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join('')
const eventsOf = async (sku: string) =>
  (await published()).filter(({ data }) => data.sku === sku).map(({ type, aggregate }) => [type, aggregate.version])

describe('an import', () => {
  test('creates, changes or skips each SKU, and publishes each change once', async () => {
    const report = await upload(lines(item('I-1'), item('I-2'), item('I-1', { price: 5 }), item('I-2')))
    expect(report).toEqual({ status: 200, body: { created: 2, updated: 1, unchanged: 1, failed: 0, errors: [] } })
    expect(await eventsOf('I-1')).toEqual([
      ['product.created', 1],
      ['product.updated', 2],
    ])
    expect(await eventsOf('I-2')).toEqual([['product.created', 1]])
    const { body } = await send('GET', '/products/by-sku/I-1')
    expect(body).toMatchObject({ price: 5, stock: 3, category: 'Imported' })
    const tree = (await send('GET', '/categories')).body.items
    expect(tree.find((one: { name: string }) => one.name === 'Imported').product_count).toBe(2)
  })

  test('keeps the stock of a known product, and the fields that a line leaves out', async () => {
    const { id, sku } = await add({ tags: ['kept'], stock: 8 })
    await upload(lines(item(sku, { stock: 99 })))
    expect((await send('GET', `/products/${id}`)).body).toMatchObject({ name: `Thing ${sku}`, tags: ['kept'], stock: 8 })
  })

  test('finds a product by its SKU in another case', async () => {
    const { id, sku } = await add({ sku: 'Cased-1' })
    const file = lines(item('CASED-1'), item('cased-1', { price: 77 }), item('NEW-CASE'), item('new-case', { price: 78 }))
    expect((await upload(file)).body).toMatchObject({ created: 1, updated: 3, failed: 0 })
    expect((await send('GET', `/products/${id}`)).body).toMatchObject({ sku, price: 77 })
  })

  test('reports faults by line, and a faulty line does not stop the others', async () => {
    const { sku } = await add({ variants: [{ sku: 'HAS-VARIANT' }] })
    const gone = await add()
    await send('DELETE', `/products/${gone.id}`)
    const bad = [
      '{"sku":',
      item('B-1', { price: -1 }),
      item('B-2', { zonk: 1 }),
      item('B-3', { price: 0.001 }),
      item('HAS-VARIANT'),
      item('B-4', { stock: 0, variants: [{ sku }] }),
      item(gone.sku),
      '{"sku":"B-5","__proto__":{"zonk":1}}',
      item('B-6', { name: 'zonk\0' }),
      JSON.stringify(item('B-7', { description: 'x'.repeat(maxLineBytes) })),
    ]
    const text = new TextEncoder().encode(lines(item('G-1'), '', ...bad))
    const notUtf8 = Buffer.concat([text, Buffer.from('{"sku":"B-8","name":"\xff"}\n', 'latin1'), Buffer.from(JSON.stringify(item('G-2')))])
    const { status, body } = await upload(notUtf8)
    expect(status).toBe(200)
    expect(body).toMatchObject({ created: 2, failed: 11 })
    expect(body.errors.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [3, 'invalid_json'],
      [4, 'invalid_input'],
      [5, 'invalid_input'],
      [6, 'invalid_amount'],
      [7, 'sku_taken'],
      [8, 'sku_taken'],
      [9, 'product_archived'],
      [10, 'invalid_text'],
      [11, 'invalid_text'],
      [12, 'line_too_long'],
      [13, 'invalid_utf8'],
    ])
    expect((await send('GET', '/products/by-sku/G-2')).status).toBe(200)
    expect((await send('GET', '/products/by-sku/B-4')).status).toBe(404)
  })

  test('reads CSV with quotes, newlines in cells and JSON columns; a broken quote costs only its own line', async () => {
    const csv = [
      'sku,name,description,price,category,stock,attributes,variants',
      'C-1,"Mug, ""big""","two\nlines",9.5,Kitchen,4,"{""color"":""blue""}",',
      'C-2,Bad"quote,,1,Kitchen,1,,',
      'C-3,Tee,,20,Clothing,0,,"[{""sku"":""C-3-S"",""stock"":2}]"',
      'C-4,Short',
      'C-5,Price,,1e3,Kitchen,1,,',
      '"never closed,,1,Kitchen,1,,',
      'C-6,Last,,2,Kitchen,6,,',
    ].join('\r\n')
    const { body } = await upload(`\uFEFF${csv}`, 'text/csv; charset=utf-8')
    expect(body).toMatchObject({ created: 3, failed: 4 })
    expect(body.errors.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [4, 'invalid_csv'],
      [6, 'invalid_csv'],
      [7, 'invalid_input'],
      [8, 'line_too_long'],
    ])
    expect((await send('GET', '/products/by-sku/C-1')).body).toMatchObject({
      name: 'Mug, "big"',
      description: 'two\nlines',
      price: 9.5,
      attributes: { color: 'blue' },
    })
    expect((await send('GET', '/products/by-sku/C-3-S')).body.stock).toBe(2)
    expect((await upload('sku,zonk\n', 'text/csv')).body.code).toBe('invalid_header')
  })

  test('is for administrators, and accepts only its two content types', async () => {
    expect((await upload(lines(item('N-1')), 'application/x-ndjson', { authorization: '' })).status).toBe(401)
    expect((await upload(lines(item('N-1')), 'application/x-ndjson', await as(2))).status).toBe(403)
    expect((await upload(lines(item('N-1')), 'application/json')).status).toBe(415)
    expect((await upload('')).body).toMatchObject({ created: 0, failed: 0 })
    for (const encoding of ['gzip', 'br', 'GZIP, identity']) {
      const compressed = await upload(Bun.gzipSync(lines(item('N-1'))), 'application/x-ndjson', { ...admin, 'content-encoding': encoding })
      expect(compressed.body).toMatchObject({ status: 415, code: 'unsupported_encoding' })
    }
    expect((await send('GET', '/products/by-sku/N-1')).status).toBe(404)
  })

  test('creates each product once, even when the same file is imported in parallel', async () => {
    const file = lines(...Array.from({ length: 150 }, (_, n) => item(`P-${n}`)))
    const reports = await Promise.all([upload(file), upload(file), upload(file)])
    expect(reports.map(({ body }) => body.created + body.unchanged)).toEqual([150, 150, 150])
    expect(reports.reduce((sum, { body }) => sum + body.created, 0)).toBe(150)
    expect(await productsOf(mongo).countDocuments({ sku: /^P-/ })).toBe(150)
  })

  test('reads the file no faster than it stores the products', async () => {
    let sent = 0
    let ahead = 0
    const file = new ReadableStream<Uint8Array>({
      async pull(controller) {
        ahead = Math.max(ahead, sent - (await productsOf(mongo).countDocuments({ tags: 'streamed' })))
        if (sent === 4000) return controller.close()
        const chunk = Array.from({ length: 200 }, () => item(`S-${sent++}`, { tags: ['streamed'] }))
        controller.enqueue(new TextEncoder().encode(lines(...chunk)))
      },
    })
    expect((await upload(file)).body).toMatchObject({ created: 4000, failed: 0 })
    expect(ahead).toBeLessThanOrEqual(800)
  })

  test('stops at 64 MiB, and what came before that is stored', async () => {
    let sent = 0
    const first = new TextEncoder().encode(lines(item('BEFORE-THE-END')))
    const line = new TextEncoder().encode(`{"bad":"${'x'.repeat(60_000)}"}\n`)
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(sent === 0 ? first : line)
        sent += line.length
      },
    })
    const { status, body } = await upload(endless)
    expect([status, body.code]).toEqual([413, 'payload_too_large'])
    expect(sent).toBeLessThan(66 * 1024 * 1024)
    expect((await send('GET', '/products/by-sku/BEFORE-THE-END')).status).toBe(200)
  })
})

describe('an export', () => {
  test('has no cell that a spreadsheet runs as a formula, and an import restores its text', async () => {
    const names = ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(1)', '\ttab', "'=1", "''-1", "'quoted'"]
    const made = await Promise.all(names.map(name => add({ name, description: name })))
    const csv = await download('?format=csv')
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`)
    for (const cell of csv.split(/[,\n]/)) expect(cell).not.toMatch(/^"?[=+@\t\r-]/)
    expect((await upload(csv, 'text/csv')).body).toMatchObject({ failed: 0, updated: 0 })
    const renamed = csv.replaceAll('T-', 'F-').replaceAll(',10,', ',11,')
    await upload(renamed, 'text/csv')
    for (const [at, { sku }] of made.entries())
      expect((await send('GET', `/products/by-sku/${sku.replace('T-', 'F-')}`)).body).toMatchObject({
        name: names[at],
        description: names[at],
      })
  })

  test('lets the variants without a price of their own follow when the price is changed in the file', async () => {
    const { id } = await add({ price: 17, variants: [{ sku: 'FOLLOWS' }, { sku: 'OWN-PRICE', price: 31 }] })
    const changed = (await download()).replace('"price":17,', '"price":18,')
    expect((await upload(changed)).body).toMatchObject({ updated: 1, failed: 0 })
    const inCsv = (await download('?format=csv')).replace(',18,', ',19,')
    expect((await upload(inCsv, 'text/csv')).body).toMatchObject({ updated: 1, failed: 0 })
    const { body } = await send('GET', `/products/${id}`)
    expect([body.price, ...body.variants.map((variant: { price: number }) => variant.price)]).toEqual([19, 19, 31])
    await send('DELETE', `/products/${id}`)
  })

  test('of a product that is as large as the other routes accept can be imported', async () => {
    const attributes = Object.fromEntries(Array.from({ length: 4 }, (_, n) => [`a${n}`, '"'.repeat(1000)]))
    const { id } = await add({ variants: Array.from({ length: 100 }, (_, n) => ({ sku: `LARGE-${n}`, attributes })) })
    for (const [query, type] of [
      ['', 'application/x-ndjson'],
      ['?format=csv', 'text/csv'],
    ] as const) {
      const file = await download(query)
      expect(Math.max(...file.split('\n').map(line => line.length))).toBeGreaterThan(800_000)
      expect((await upload(file, type)).body).toMatchObject({ failed: 0, updated: 0 })
    }
    await send('DELETE', `/products/${id}`)
  })

  test('can be imported again in both formats and changes nothing', async () => {
    await add({
      name: 'Quo"ted, name',
      description: 'a\nb',
      tags: ['x'],
      attributes: { size: 3, 'on sale': true },
      variants: [{ sku: 'X-1', price: 3, stock: 1 }],
    })
    const total = await productsOf(mongo).countDocuments({ status: 'active' })
    for (const [query, type] of [
      ['', 'application/x-ndjson'],
      ['?format=csv', 'text/csv'],
    ] as const) {
      const { body } = await upload(await download(query), type)
      expect(body).toEqual({ created: 0, updated: 0, unchanged: total, failed: 0, errors: [] })
    }
    const views: ProductView[] = (await download())
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(views).toHaveLength(total)
    expect(views.at(-1)).toEqual((await send('GET', `/products/${views.at(-1)?.id}`)).body)
  })

  test('is for administrators', async () => {
    expect((await app.handle(new Request('http://localhost/api/products/export', { headers: await as(2) }))).status).toBe(403)
  })
})
