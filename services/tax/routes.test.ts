import { afterAll, describe, expect, test } from 'bun:test'
import { testTax } from './testing'

const { clock, admin, send, as, asService, failures, drop } = await testTax()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

const quote = (address: unknown, more: object = {}) =>
  send(
    'POST',
    '/api/tax/quote',
    {
      address,
      lines: [
        { amount: 100, category: 'Electronics' },
        { amount: 19.99, tax_class: 'books' },
      ],
      ...more,
    },
    {},
  )
const at = (country: string, region?: string) => ({ line1: 'a', city: 'b', country, ...(region && { region }) })

describe('a quote', () => {
  test('for a free-text address has no tax', async () => {
    const { status, body } = await quote('123 Main St, City', { shipping: 5 })
    expect(status).toBe(200)
    expect(body).toMatchObject({ tax: 0, shipping_tax: 0, currency: 'USD' })
  })
  test('uses the published rates of the place for each line', async () => {
    const { body } = await quote(at('DE'), { shipping: 4.9, currency: 'EUR' })
    expect(body.lines).toEqual([
      { category: 'Electronics', tax_class: 'standard', rate_ppm: 190_000, net: 100, tax: 19, country: 'DE' },
      { category: 'books', tax_class: 'books', rate_ppm: 70_000, net: 19.99, tax: 1.4, country: 'DE' },
    ])
    expect(body).toMatchObject({ shipping_tax: 0.93, tax: 21.33 })
  })
  test('splits tax-inclusive prices into net and tax', async () => {
    const { body } = await quote(at('GB'), { prices_include_tax: true, currency: 'GBP' })
    expect(body.lines[0]).toMatchObject({ net: 83.33, tax: 16.67 })
  })
  test.each([
    ['US', 'CA', 72_500],
    ['US', 'OR', 0],
    ['JP', undefined, 100_000],
    ['VN', undefined, 80_000],
    ['KR', undefined, 100_000],
    ['CN', undefined, 130_000],
    ['FI', undefined, 255_000],
  ])('has the standard rate of %s %s', async (country, region, ppm) => {
    expect((await quote(at(country, region))).body.lines[0].rate_ppm).toBe(ppm)
  })
  test.each([
    ['GB', 'books', 0],
    ['GB', 'food', 0],
    ['IE', 'books', 0],
    ['CZ', 'books', 0],
    ['ES', 'books', 40_000],
    ['IT', 'books', 40_000],
    ['GR', 'books', 60_000],
    ['SI', 'books', 50_000],
    ['JP', 'books', 100_000],
    ['JP', 'food', 80_000],
    ['BG', 'food', 200_000],
    ['EE', 'food', 240_000],
    ['HU', 'food', 270_000],
    ['LT', 'food', 210_000],
    ['KR', 'books', 0],
    ['SE', 'food', 60_000],
    ['FR', 'newspapers', 21_000],
    ['DE', 'exempt', 0],
  ])('in %s taxes %s at %d parts per million', async (country, tax_class, ppm) => {
    const { body } = await quote(at(country), { lines: [{ amount: 100, tax_class }] })
    expect(body.lines[0]).toMatchObject({ tax_class, rate_ppm: ppm })
  })
  test('changes with a published rate at midnight of the place', async () => {
    const rate = async (country: string, tax_class: string, moment: string) => {
      clock.now = new Date(moment)
      return (await quote(at(country), { lines: [{ amount: 100, tax_class }] })).body.lines[0].rate_ppm
    }
    const noon = clock.now
    try {
      expect(await rate('VN', 'standard', '2026-12-31T16:59:59Z')).toBe(80_000)
      expect(await rate('VN', 'standard', '2026-12-31T17:00:00Z')).toBe(100_000)
      expect(await rate('SE', 'food', '2026-03-31T21:59:59Z')).toBe(120_000)
      expect(await rate('SE', 'food', '2026-03-31T22:00:00Z')).toBe(60_000)
    } finally {
      clock.now = noon
    }
  })
  test('finds a place by its name, and refuses one that no tax can be found for', async () => {
    expect((await quote(at('germany'))).body.lines[0]).toMatchObject({ rate_ppm: 190_000, country: 'DE' })
    expect((await quote(at('USA', 'Massachusetts'))).body.lines[0]).toMatchObject({ rate_ppm: 62_500, country: 'US', region: 'MA' })
    expect((await quote(at('Atlantis'))).body.code).toBe('unknown_country')
    expect((await quote(at('US'))).body.code).toBe('region_required')
    expect((await quote(at('US', 'Bavaria'))).body.code).toBe('unknown_region')
  })
  test.each([
    [{ lines: [] }],
    [{ lines: [{ amount: -1 }] }],
    [{ lines: [{ amount: 1.999 }] }],
    [{ lines: [{ amount: '1' }] }],
    [{ lines: [{ amount: 1 }], currency: 'XXX' }],
    [{ lines: [{ amount: 1 }], surprise: 1 }],
  ])('is refused for %j', async body => {
    const answer = await send('POST', '/api/tax/quote', { address: 'somewhere', ...body }, {})
    expect(answer.status).toBe(400)
  })
  test('is given on the internal route to order and cart only', async () => {
    const body = { address: 'somewhere', lines: [{ amount: 1 }] }
    expect((await send('POST', '/internal/quotes', body, await asService('order'))).status).toBe(200)
    expect((await send('POST', '/internal/quotes', body, await asService('rating'))).status).toBe(403)
    expect((await send('POST', '/internal/quotes', body, {})).status).toBe(401)
  })
})

describe('rates', () => {
  const body = { country: 'li', tax_class: 'newspapers', rate: 7, valid_from: '2020-01-01' }
  test('are added, changed, ended and removed, each with an effect on the next quote', async () => {
    const added = await send('POST', '/api/tax/rates', body)
    expect(added.status).toBe(201)
    expect(added.headers.get('location')).toBe(`/api/tax/rates/${added.body.id}`)
    expect((await send('GET', `/api/tax/rates/${added.body.id}`, undefined, {})).body).toEqual(added.body)
    const price = async () =>
      (await send('POST', '/api/tax/quote', { address: at('LI'), lines: [{ amount: 100, tax_class: 'newspapers' }] })).body.tax
    expect(await price()).toBe(7)
    expect((await send('PATCH', `/api/tax/rates/${added.body.id}`, { rate: 9.5 })).body.rate).toBe(9.5)
    expect(await price()).toBe(9.5)
    await send('PATCH', `/api/tax/rates/${added.body.id}`, { valid_to: '2021-01-01' })
    expect(await price()).toBe(0)
    expect((await send('DELETE', `/api/tax/rates/${added.body.id}`)).status).toBe(204)
    expect((await send('DELETE', `/api/tax/rates/${added.body.id}`)).status).toBe(404)
  })
  test('are refused when their place and class already have one from that day', async () => {
    await send('POST', '/api/tax/rates', { ...body, country: 'CH' })
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'ch' })).status).toBe(409)
  })
  test('are listed by country, with their source', async () => {
    const { body } = await send('GET', '/api/tax/rates?country=fr', undefined, {})
    expect(body.total).toBe(8)
    expect(body.items[0]).toMatchObject({
      country: 'FR',
      tax_class: 'baby',
      rate: 5.5,
      source: expect.stringContaining('European Commission'),
    })
    expect((await send('GET', '/api/tax/rates?country=USA&region=California', undefined, {})).body.items.length).toBe(3)
  })
  test('are read by cursor from the first to the last, each once, also of one country and after the one at the cursor was removed', async () => {
    const list = async (query: string) => (await send('GET', `/api/tax/rates?${query}`, undefined, {})).body
    const read = async (filter: string, afterPage: (last: number) => unknown = () => {}) => {
      const seen: number[] = []
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const { items, next_cursor } = await list(`${filter}limit=7${cursor && `&cursor=${cursor}`}`)
        seen.push(...items.map(({ id }: { id: number }) => id))
        if (items.length > 0) await afterPage(items.at(-1).id)
        cursor = next_cursor
      }
      return seen
    }
    const { total } = await list('limit=1')
    const all: number[] = []
    for (let skip = 0; skip < total; skip += 100)
      all.push(...(await list(`limit=100&skip=${skip}`)).items.map(({ id }: { id: number }) => id))
    expect(total).toBeGreaterThan(100)
    expect(await read('')).toEqual(all)
    const german = (await list('country=de&limit=100')).items.map(({ id }: { id: number }) => id)
    expect(await read('country=de&')).toEqual(german)

    const own = ['2001', '2002', '2003', '2004', '2005', '2006', '2007', '2008', '2009']
    for (const year of own) await send('POST', '/api/tax/rates', { ...body, country: 'GL', valid_from: `${year}-01-01` })
    const greenland = (await list('country=gl&limit=100')).items.map(({ id }: { id: number }) => id)
    expect(greenland.length).toBeGreaterThan(8)
    expect(await read('country=gl&', id => send('DELETE', `/api/tax/rates/${id}`))).toEqual(greenland)
  })
  test.each(['x', Buffer.from('["DE"]').toString('base64url'), Buffer.from('[1,"","standard","2026-01-01"]').toString('base64url')])(
    'are not listed by the cursor %s, which the list never gave',
    async cursor => {
      const { status, body } = await send('GET', `/api/tax/rates?cursor=${cursor}`, undefined, {})
      expect([status, body.code]).toEqual([400, 'invalid_cursor'])
    },
  )
  test('are changed by admins only', async () => {
    expect((await send('POST', '/api/tax/rates', body, {})).status).toBe(401)
    expect((await send('POST', '/api/tax/rates', body, await as(2))).status).toBe(403)
  })
  test('have at most four decimals', async () => {
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'NO', rate: 6.00001 })).status).toBe(400)
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'NO', rate: 6.0001 })).body.rate).toBe(6.0001)
  })
  test('are for the place that is meant, however it is written, and for none that can never match', async () => {
    const { body: rate } = await send('POST', '/api/tax/rates', { ...body, country: 'usa', region: 'US-CA' })
    expect(rate).toMatchObject({ country: 'US', region: 'CA' })
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'Narnia' })).body.code).toBe('unknown_country')
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'US', region: 'XX' })).body.code).toBe('unknown_region')
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'DE', region: 'Bavaria' })).body.code).toBe('unknown_region')
  })
  test('are added once for one idempotency key', async () => {
    const request = { ...body, country: 'NO', tax_class: 'books' }
    const keyed = { ...admin, 'idempotency-key': 'rate-1' }
    const first = await send('POST', '/api/tax/rates', request, keyed)
    const again = await send('POST', '/api/tax/rates', request, keyed)
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body])
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect((await send('POST', '/api/tax/rates', { ...request, rate: 9 }, keyed)).status).toBe(422)
  })
  test('are refused when they end before they begin', async () => {
    const { body: added } = await send('POST', '/api/tax/rates', { ...body, country: 'IS' })
    expect((await send('PATCH', `/api/tax/rates/${added.id}`, { valid_to: '2000-01-01' })).body.code).toBe('invalid_period')
    expect((await send('PATCH', `/api/tax/rates/${added.id}`, { valid_to: '2026-02-30' })).status).toBe(400)
    expect((await send('PATCH', '/api/tax/rates/999999999', { rate: 1 })).status).toBe(404)
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'IS', valid_to: '2020-01-01' })).status).toBe(400)
  })
})
