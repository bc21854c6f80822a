import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { laptop, type TestShipping, testShipping } from './testing'

let shop: TestShipping
beforeAll(async () => {
  shop = await testShipping()
})
afterAll(() => shop.drop())

const by = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
  shop.call(method, `/api/shipping${path}`, { headers: { ...shop.admin, ...more }, ...(body !== undefined && { body }) })
const standardTo = async (country: string, currency = 'USD') => {
  const address = { line1: '1 Way', city: 'Town', country }
  const items = [{ product_id: laptop, quantity: 1 }]
  const { body } = await shop.call('POST', '/api/shipping/quotes', { body: { address, items, currency } })
  return body.options?.find(one => one.option === 'standard')?.price ?? body.code
}

describe('zones', () => {
  test('start with a default zone, which cannot be deleted and lists no countries', async () => {
    const { body } = await by('GET', '/zones')
    expect(body.items.map(zone => [zone.name, zone.is_default, zone.countries.length > 0])).toEqual([
      ['everywhere else', true, false],
      ['Europe', false, true],
      ['East Asia', false, true],
    ])
    expect((await by('DELETE', '/zones/1')).body.code).toBe('default_zone')
    expect((await by('PATCH', '/zones/1', { countries: ['FR'] })).body.code).toBe('default_zone')
  })

  test('have the prices of the default zone until they have rates of their own, and again once they are deleted', async () => {
    const made = await by('POST', '/zones', { name: 'Oceania', countries: ['NZ', 'AU'] })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`/api/shipping/zones/${made.body.id}`)
    expect((await by('GET', `/zones/${made.body.id}`)).body).toEqual(made.body)
    expect((await by('GET', '/zones/99999')).body.code).toBe('zone_not_found')
    expect(await standardTo('AU')).toBe(5)

    const rate = { zone_id: made.body.id, option: 'standard', currency: 'USD', price: 20.5, days_min: 8, days_max: 20 }
    const added = await by('POST', '/rates', rate)
    expect<unknown>(added.body).toEqual({ ...rate, id: added.body.id, included_grams: 5000, per_kg: 0, free_over: null })
    expect((await by('GET', `/rates/${added.body.id}`)).body).toEqual(added.body)
    expect((await by('GET', '/rates/99999')).body.code).toBe('rate_not_found')
    expect(await standardTo('AU')).toBe(20.5)
    expect(await standardTo('AU', 'EUR')).toBe(5)
    expect((await by('POST', '/rates', rate)).body.code).toBe('rate_exists')

    expect((await by('PATCH', `/rates/${added.body.id}`, { price: 21, free_over: 0 })).body).toMatchObject({ price: 21, free_over: 0 })
    expect(await standardTo('AU')).toBe(0)
    expect((await by('PATCH', `/rates/${added.body.id}`, { free_over: null })).body).toMatchObject({ price: 21, free_over: null })
    expect((await by('PATCH', `/rates/${added.body.id}`, { days_min: 21 })).body.code).toBe('invalid_days')
    expect((await by('PATCH', `/rates/${added.body.id}`, { price: 0.001 })).status).toBe(400)

    expect((await by('PATCH', `/zones/${made.body.id}`, { countries: ['FR'] })).body.code).toBe('country_taken')
    expect((await by('PATCH', `/zones/${made.body.id}`, { countries: ['NZ'] })).body.countries).toEqual(['NZ'])
    expect(await standardTo('AU')).toBe(5)
    expect((await by('DELETE', `/zones/${made.body.id}`)).status).toBe(204)
    expect(await standardTo('NZ')).toBe(5)
    expect((await by('GET', `/rates?zone_id=${made.body.id}`)).body.total).toBe(0)
  })

  test('and rates are added once for each idempotency key', async () => {
    const key = { 'idempotency-key': 'a-zone' }
    const zone = { name: 'Islands', countries: ['Fiji', 'WSM'] }
    const [first, again] = [await by('POST', '/zones', zone, key), await by('POST', '/zones', zone, key)]
    expect([first.status, again.status, again.body, again.headers.get('location')]).toEqual([
      ...[201, 201, first.body, `/api/shipping/zones/${first.body.id}`],
    ])
    expect((await by('POST', '/zones', { ...zone, name: 'Other' }, key)).status).toBe(422)
    const rate = { zone_id: first.body.id, option: 'standard', currency: 'USD', price: 9, days_min: 1, days_max: 2 }
    const rates = [await by('POST', '/rates', rate, key), await by('POST', '/rates', rate, key)]
    expect(rates.map(({ status }) => status)).toEqual([201, 201])
    expect(rates[1]?.body).toEqual(rates[0]?.body)
    expect((await by('DELETE', `/zones/${first.body.id}`)).status).toBe(204)
  })

  test('take countries in every spelling and store their codes; an address is read in the same way', async () => {
    const made = await by('POST', '/zones', { name: 'Down under', countries: ['New Zealand', 'aus', 'AU'] })
    expect(made.body.countries).toEqual(['AU', 'NZ'])
    const rate = { zone_id: made.body.id, option: 'standard', currency: 'USD', price: 33, days_min: 1, days_max: 2 }
    await by('POST', '/rates', rate)
    expect([await standardTo('Australia'), await standardTo('AUS'), await standardTo('nz')]).toEqual([33, 33, 33])
    expect(await standardTo('Atlantis')).toBe('unknown_country')
    expect((await by('POST', '/zones', { name: 'Lost', countries: ['Atlantis'] })).body.code).toBe('unknown_country')
    expect((await by('DELETE', `/zones/${made.body.id}`)).status).toBe(204)
  })

  test('rates and weights are listed to their end by cursor', async () => {
    for (const sku of ['W-1', 'W-2', 'W-3']) expect((await by('PUT', `/weights/${sku}`, { grams: 100 })).status).toBe(200)
    const through = async (path: string) => {
      const found: unknown[] = []
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const { body } = await by('GET', `${path}?limit=2${cursor && `&cursor=${cursor}`}`)
        found.push(...body.items)
        cursor = body.next_cursor
      }
      return found
    }
    expect(await through('/weights')).toEqual(['W-1', 'W-2', 'W-3'].map(sku => ({ sku, grams: 100 })))
    expect(await through('/zones')).toHaveLength((await by('GET', '/zones')).body.total)
    expect(await through('/rates')).toHaveLength((await by('GET', '/rates')).body.total)
    expect((await by('GET', '/weights?cursor=x')).body.code).toBe('invalid_cursor')
  })

  test('answer 404 when they do not exist', async () => {
    expect((await by('PATCH', '/zones/999', { name: 'x' })).body.code).toBe('zone_not_found')
    expect((await by('DELETE', '/rates/999')).body.code).toBe('rate_not_found')
    const rate = { zone_id: 999, option: 'standard', currency: 'USD', price: 1, days_min: 1, days_max: 2 }
    expect((await by('POST', '/rates', rate)).body.code).toBe('zone_not_found')
    expect((await by('DELETE', '/weights/NONE')).body.code).toBe('weight_not_found')
  })

  test('are open to admins only', async () => {
    const customer = await shop.as(7)
    for (const [method, path] of [
      ['GET', '/zones'],
      ['POST', '/zones'],
      ['PATCH', '/zones/2'],
      ['DELETE', '/zones/2'],
      ['GET', '/rates'],
      ['POST', '/rates'],
      ['PATCH', '/rates/1'],
      ['DELETE', '/rates/1'],
      ['GET', '/weights'],
      ['PUT', '/weights/LT-001'],
      ['DELETE', '/weights/LT-001'],
    ] as const) {
      const statuses = [{}, customer].map(headers => shop.call(method, `/api/shipping${path}`, { headers }).then(({ status }) => status))
      expect([path, ...(await Promise.all(statuses))]).toEqual([path, 401, 403])
    }
  })

  test('keep their rates when an interrupted migration runs again', async () => {
    const { defaultRates } = await import('./migrations/default-rates')
    const count = async () => (await by('GET', '/rates')).body.total
    const before = await count()
    await defaultRates.up(shop.sql.db)
    expect(await count()).toBe(before)
    expect(before).toBe(3 * 7 * 3)
  })
})
