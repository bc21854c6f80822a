import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { seedDemo } from './seed'
import { categories, type TestPromotion, testPromotion, toy } from './testing'

let shop: TestPromotion
beforeAll(async () => {
  shop = await testPromotion()
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.drop()
})

const asGuest = (path = '/') => shop.send('GET', path, undefined, {})

describe('campaigns', () => {
  test('are created, read, changed and deleted by an admin', async () => {
    const made = await shop.send('POST', '/', {
      name: 'May',
      code: 'may-10',
      kind: 'percentage',
      value: 12.5,
      minimum: 19.99,
      total_limit: 9,
    })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`/api/promotions/${made.body.id}`)
    expect(made.body).toMatchObject({
      code: 'MAY-10',
      value: 12.5,
      minimum: 19.99,
      automatic: false,
      used: 0,
      total_limit: 9,
      currency: 'USD',
    })
    expect((await shop.send('GET', `/${made.body.id}`)).body).toEqual(made.body)
    const changed = await shop.send('PATCH', `/${made.body.id}`, { code: 'MAY-20', value: 20, total_limit: null })
    expect(changed.body).toMatchObject({ code: 'MAY-20', value: 20, total_limit: null, minimum: 19.99 })
    expect([(await shop.validate({ code: 'may-10' })).reason, (await shop.validate({ code: 'may-20' })).discount]).toEqual([
      'unknown_code',
      600,
    ])
    expect((await shop.send('DELETE', `/${made.body.id}`)).status).toBe(204)
    expect((await shop.send('DELETE', `/${made.body.id}`)).status).toBe(404)
    expect((await shop.send('GET', `/${made.body.id}`)).status).toBe(404)
    expect((await shop.validate({ code: 'MAY-20' })).reason).toBe('unknown_code')
  })
  test('have a unique code, whatever its case, until the campaign is deleted', async () => {
    const first = await shop.add({ code: 'OnlyOnce' })
    const again = { name: 'x', code: 'ONLYONCE', kind: 'percentage', value: 1 }
    expect(await shop.send('POST', '/', again)).toMatchObject({ status: 409, body: { code: 'code_taken' } })
    const other = await shop.add()
    expect((await shop.send('PATCH', `/${other.id}`, { code: 'onlyonce' })).status).toBe(409)
    expect((await shop.send('GET', `/${other.id}`)).body.code).toBe(other.code)
    await shop.send('DELETE', `/${first.id}`)
    expect((await shop.send('POST', '/', again)).status).toBe(201)
  })
  test.each([
    ['a blank name', { name: ' ' }],
    ['percent over 100', { value: 100.5 }],
    ['too many decimals', { value: 1.00001 }],
    ['an unknown kind', { kind: 'half' }],
    ['an amount of 0', { kind: 'fixed', value: 0 }],
    ['an amount with a fraction of a cent', { kind: 'fixed', value: 1.001 }],
    ['an unknown currency', { currency: 'EURO' }],
    ['an end before its start', { starts_at: '2026-05-02T00:00:00Z', ends_at: '2026-05-01T00:00:00Z' }],
    ['a date that does not exist', { ends_at: '0000-01-01T00:00:00Z' }],
    ['a limit of 0', { total_limit: 0 }],
    ['a limit past 32 bits', { per_user_limit: 2 ** 31 }],
    ['no quantities for buy_x_get_y', { kind: 'buy_x_get_y', value: 0 }],
    ['a blank in the code', { code: 'A B' }],
    ['an unknown field', { discount: 3 }],
  ])('are refused with %s', async (_, fields) => {
    const { status } = await shop.send('POST', '/', { name: 'x', code: 'BADONE', kind: 'percentage', value: 10, ...fields })
    expect(status).toBe(400)
    expect((await shop.validate({ code: 'BADONE' })).reason).toBe('unknown_code')
  })
  test('are shown in full to an admin only, who alone can change them', async () => {
    const { id } = await shop.add()
    const customer = await shop.as(3)
    for (const [method, path, body] of [
      ['POST', '/', { name: 1 }],
      ['GET', `/${id}`],
      ['PATCH', `/${id}`, { name: '' }],
      ['DELETE', `/${id}`],
      ['POST', `/${id}/codes`, { count: -1 }],
      ['GET', `/${id}/codes`],
    ] as const) {
      expect((await shop.send(method, path, body, {})).status).toBe(401)
      expect((await shop.send(method, path, body, customer)).status).toBe(403)
    }
    expect((await shop.send('POST', '/internal/discounts', {}, customer)).status).toBe(401)
    expect((await shop.send('POST', '/internal/discounts', {}, await shop.asService('search'))).status).toBe(403)
  })
})

describe('the list', () => {
  test('shows active public campaigns to everybody, and all of them, by status, to an admin', async () => {
    const open = await shop.add({ public: true })
    const hidden = await shop.add()
    const ended = await shop.add({ ends_at: '2026-01-01T00:00:00Z', public: true })
    const scheduled = await shop.add({ public: true, starts_at: '2999-01-01T00:00:00Z' })
    const { body } = await asGuest('/?limit=100')
    const ids = body.items.map((item: { id: number }) => item.id)
    expect(ids).toContain(open.id)
    for (const { id } of [hidden, ended, scheduled]) expect(ids).not.toContain(id)
    expect(body.items[0]).not.toHaveProperty('used')
    expect(JSON.stringify(body)).not.toContain(hidden.code)
    expect((await shop.send('GET', '/?limit=100&status=ended')).body.items.map((item: { id: number }) => item.id)).toEqual([ended.id])
    expect((await shop.send('GET', '/?limit=100&status=scheduled')).body.items.map((item: { id: number }) => item.id)).toEqual([
      scheduled.id,
    ])
    expect((await shop.send('GET', '/?limit=4')).body.items[2]).toMatchObject({ id: hidden.id, used: 0 })
    expect((await asGuest('/?status=ended')).status).toBe(403)
  })
  test('has a campaign without a code by default, but not once it gets a code', async () => {
    const automatic = await shop.add({ code: undefined, starts_at: '2020-01-01T00:00:00Z', minimum: 1_000_000 })
    expect(automatic.public).toBe(true)
    const changed = await shop.send('PATCH', `/${automatic.id}`, { code: 'STAFF50' })
    expect(changed.body).toMatchObject({ automatic: false, public: false })
    expect((await shop.send('PATCH', `/${automatic.id}`, { name: 'Staff' })).body).toMatchObject({ public: false })
    expect((await shop.send('PATCH', `/${automatic.id}`, { public: true })).body).toMatchObject({ public: true })
    expect((await shop.send('PATCH', `/${automatic.id}`, { code: 'STAFF60' })).body).toMatchObject({ public: true })
    await shop.send('DELETE', `/${automatic.id}`)
  })
  test('is walked by cursor, with each campaign once', async () => {
    const all = (await shop.send('GET', '/?limit=100')).body.items.map((item: { id: number }) => item.id)
    const seen: number[] = []
    let next = ''
    for (let pages = 0; pages < 30; pages++) {
      const { body } = await shop.send('GET', `/?limit=3${next}`)
      seen.push(...body.items.map((item: { id: number }) => item.id))
      if (!body.next_cursor) break
      next = `&cursor=${body.next_cursor}`
    }
    expect(seen).toEqual(all)
  })
})

describe('a campaign', () => {
  test('is made once for an Idempotency-Key, and so are its codes', async () => {
    const key = { ...(await shop.as(7, 'admin')), 'idempotency-key': 'once' }
    const body = { name: 'Repeated', kind: 'percentage', value: 1, automatic: false }
    const [first, again] = [await shop.send('POST', '/', body, key), await shop.send('POST', '/', body, key)]
    expect([again.status, again.body, again.headers.get('location')]).toEqual([201, first.body, `/api/promotions/${first.body.id}`])
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const codes = () => shop.send('POST', `/${first.body.id}/codes`, { count: 2 }, key)
    expect((await codes()).body).toEqual((await codes()).body)
    expect((await shop.send('GET', `/${first.body.id}/codes`)).body.total).toBe(2)
    expect((await shop.send('POST', '/', { ...body, value: 2 }, key)).status).toBe(422)
  })
  test.each([undefined, 'null', '[]', {}])('is not changed by the body %p', async body => {
    const { id } = await shop.add()
    expect((await shop.send('PATCH', `/${id}`, body)).status).toBe(400)
  })
  test('is automatic or has codes, never both', async () => {
    const { id } = await shop.add({ code: undefined, automatic: false })
    await shop.send('POST', `/${id}/codes`, { count: 1 })
    expect(await shop.send('PATCH', `/${id}`, { automatic: true })).toMatchObject({ status: 409, body: { code: 'campaign_has_codes' } })
    expect((await shop.send('GET', `/${id}`)).body.automatic).toBe(false)
  })
  test('is stored with the ids of the categories that it names, and shows both', async () => {
    const { id } = await shop.add({ categories: ['  electronics '], category_ids: [categories.toys] })
    const both = { categories: ['Electronics', 'Toys'], category_ids: [categories.electronics, categories.toys] }
    expect((await shop.send('GET', `/${id}`)).body).toMatchObject(both)
    expect((await shop.send('PATCH', `/${id}`, { name: 'New' })).body).toMatchObject(both)
    const toys = await shop.send('PATCH', `/${id}`, { categories: ['toys'] })
    expect(toys.body).toMatchObject({ categories: ['Toys'], category_ids: [categories.toys] })
    expect((await shop.send('PATCH', `/${id}`, { category_ids: [] })).body).toMatchObject({ categories: [], category_ids: [] })
  })
  test.each([
    ['unknown_category', { categories: ['Toys', 'Toyz'] }, '/categories/1'],
    ['unknown_category', { category_ids: ['f'.repeat(24)] }, '/category_ids/0'],
    ['unknown_product', { product_ids: [toy.product_id, 'f'.repeat(24)] }, '/product_ids/1'],
  ])('is refused with %s for what the catalog does not have', async (code, fields, path) => {
    const { id } = await shop.add()
    const made = await shop.send('POST', '/', { name: 'x', kind: 'percentage', value: 1, automatic: false, ...fields })
    for (const answer of [made, await shop.send('PATCH', `/${id}`, fields)])
      expect(answer).toMatchObject({ status: 400, body: { code, errors: [{ path }] } })
  })
  test('that names categories of before they had ids gets them, unless they are gone', async () => {
    const [known, gone] = [await shop.add(), await shop.add()]
    const store = (id: number, names: string) =>
      shop.sql.db.updateTable('campaigns').set({ categories: names, category_ids: null }).where('id', '=', id).execute()
    await store(known.id, '["electronics"]')
    await store(gone.id, '["electronics","gone"]')
    await shop.adoptCategoryIds()
    expect((await shop.send('GET', `/${known.id}`)).body.category_ids).toEqual([categories.electronics])
    expect((await shop.send('GET', `/${gone.id}`)).body).toMatchObject({ categories: ['electronics', 'gone'], category_ids: [] })
  })
})

describe('automatic campaigns', () => {
  test('are all weighed: of those that are on or to come there are 200 at most, and one more is refused', async () => {
    const body = { name: 'One of many', kind: 'percentage', value: 1, product_ids: [toy.product_id] }
    const make = (more: object = {}) => shop.send('POST', '/', { ...body, ...more })
    const made: number[] = []
    for (
      let answer = await make({ starts_at: '2999-01-01T00:00:00Z' });
      answer.status === 201;
      answer = await make({ starts_at: '2999-01-01T00:00:00Z' })
    )
      made.push(answer.body.id)
    expect(made.length).toBeGreaterThan(150)
    expect(await make()).toMatchObject({ status: 409, body: { code: 'too_many_automatic' } })
    const coded = await shop.add({ code: undefined, automatic: false })
    expect(await shop.send('PATCH', `/${coded.id}`, { automatic: true })).toMatchObject({
      status: 409,
      body: { code: 'too_many_automatic' },
    })
    await shop.send('PATCH', `/${made[0]}`, { ends_at: '2999-02-01T00:00:00Z', starts_at: '2020-01-01T00:00:00Z' })
    const { body: given } = await shop.discounts({ items: [toy] })
    expect(given.campaigns).toEqual([{ campaign_id: made[0], amount: 1 }])
    for (const id of made) await shop.send('DELETE', `/${id}`)
    expect((await make({ automatic: false })).status).toBe(201)
  })
})

describe('single-use codes', () => {
  test('are created by the thousand, all different, and end `automatic`', async () => {
    const campaign = await shop.add({ code: undefined, starts_at: '2999-01-01T00:00:00Z' })
    expect(campaign.automatic).toBe(true)
    const { status, body, headers } = await shop.send('POST', `/${campaign.id}/codes`, { count: 10_000 })
    expect({ status, location: headers.get('location') }).toEqual({ status: 201, location: `/api/promotions/${campaign.id}/codes` })
    expect(new Set(body.codes).size).toBe(10_000)
    expect((await shop.send('GET', `/${campaign.id}`)).body.automatic).toBe(false)
    const listed = await shop.send('GET', `/${campaign.id}/codes?limit=2&used=false`)
    expect(listed.body).toMatchObject({ total: 10_000, items: [{ order_id: null }, { order_id: null }] })
    expect(
      (await shop.send('GET', `/${campaign.id}/codes?limit=2&cursor=${listed.body.next_cursor}`)).body.items[0].code >
        listed.body.items[1].code,
    ).toBe(true)
  })
  test('are created 1 to 10,000 at a time, for an existing campaign', async () => {
    const { id } = await shop.add()
    for (const count of [0, 10_001, 1.5, '3']) expect((await shop.send('POST', `/${id}/codes`, { count })).status).toBe(400)
    expect((await shop.send('POST', '/999999/codes', { count: 1 })).status).toBe(404)
  })
})

test('a new shop gets the demo campaigns once, and none is automatic', async () => {
  const fresh = await testPromotion()
  await Promise.all([seedDemo(fresh.sql, fresh.edits), seedDemo(fresh.sql, fresh.edits)])
  await seedDemo(fresh.sql, fresh.edits)
  const { body } = await fresh.send('GET', '/', undefined, {})
  expect(body.items.map((item: { code: string }) => item.code).sort()).toEqual(['FREESHIP', 'SAVE20', 'THREEFORTWO', 'WELCOME10'])
  expect(body.items.some((item: { automatic: boolean }) => item.automatic)).toBe(false)
  await fresh.drop()
})
