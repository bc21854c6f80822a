import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { testSample } from './testing'
import { missingProduct } from './testing-clients'

const product = (n: number) => n.toString(16).padStart(24, '0')

let service: Awaited<ReturnType<typeof testSample>>
beforeAll(async () => {
  service = await testSample()
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  await service.stop()
})

let users = 0
/** A user of the test's own. */
const newUser = async () => {
  const id = ++users
  const headers = await service.as(id)
  const send = (method: string, path: string, body?: unknown) => service.send(method, path, body, headers)
  return { id, send, save: (product_id: string, note: string) => send('POST', '/', { product_id, note }) }
}

describe('saving', () => {
  test('keeps the note and shows it', async () => {
    const user = await newUser()
    const saved = await user.save(product(1), 'for Ann')
    expect(saved).toMatchObject({ status: 201, body: { product_id: product(1), note: 'for Ann' } })
    expect((await user.send('GET', '/')).body).toMatchObject({ items: [saved.body], total: 1 })
  })

  test('again changes the note, and the same note changes nothing', async () => {
    const user = await newUser()
    const first = await user.save(product(1), 'for Ann')
    const same = await user.save(product(1), 'for Ann')
    expect(same.body).toEqual(first.body)
    expect((await user.save(product(1), 'for Bob')).body).toMatchObject({ note: 'for Bob', created_at: first.body.created_at })
    expect((await user.send('GET', '/')).body.total).toBe(1)
  })

  test('eight times at once leaves one', async () => {
    const user = await newUser()
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => user.save(product(1), `note ${n % 2}`)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
    expect((await user.send('GET', '/')).body.total).toBe(1)
  })

  test('is refused for a product that the catalog does not have', async () => {
    const user = await newUser()
    expect(await user.save(missingProduct, 'x')).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
    expect((await user.send('GET', '/')).body.total).toBe(0)
  })

  test('is refused while the product service does not answer', async () => {
    const user = await newUser()
    service.products.down.add('product')
    expect(await user.save(product(1), 'x')).toMatchObject({ status: 503, body: { code: 'product_unavailable' } })
    service.products.down.delete('product')
  })

  test.each([
    ['an id that is none', { product_id: 'x', note: 'x' }],
    ['a note that is too long', { product_id: product(1), note: 'x'.repeat(201) }],
    ['an unknown field', { product_id: product(1), note: 'x', colour: 'red' }],
  ])('is refused with %s', async (_, body) => {
    const user = await newUser()
    expect(await user.send('POST', '/', body)).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  })
})

describe('the list', () => {
  test('has the newest first, page after page', async () => {
    const user = await newUser()
    for (const n of [1, 2, 3]) await user.save(product(n), '')
    const first = await user.send('GET', '/?limit=2')
    expect(first.body.items.map((item: { product_id: string }) => item.product_id)).toEqual([product(3), product(2)])
    const second = await user.send('GET', `/?limit=2&cursor=${first.body.next_cursor}`)
    expect(second.body.items).toMatchObject([{ product_id: product(1) }])
    expect(second.body).not.toHaveProperty('next_cursor')
    expect((await user.send('GET', '/?skip=2')).body.items).toEqual(second.body.items)
  })

  test('refuses a cursor of another list', async () => {
    const user = await newUser()
    expect(await user.send('GET', '/?cursor=W10')).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  })
})

test('deleting works once, for one’s own only', async () => {
  const [user, other] = await Promise.all([newUser(), newUser()])
  await user.save(product(1), '')
  expect(await other.send('DELETE', `/${product(1)}`)).toMatchObject({ status: 404, body: { code: 'favourite_not_found' } })
  expect((await user.send('DELETE', `/${product(1)}`)).status).toBe(204)
  expect((await user.send('DELETE', `/${product(1)}`)).status).toBe(404)
})

test('the export has everything of one person, for the user service only', async () => {
  const user = await newUser()
  await user.save(product(1), 'for Ann')
  const path = `/internal/users/${user.id}/export`
  const exported = await service.send('GET', path, undefined, await service.asService('user'))
  expect(exported.body.data).toMatchObject({ samples: [{ product_id: product(1), note: 'for Ann' }] })
  expect((await service.send('GET', path, undefined, await service.asService('order'))).status).toBe(403)
})
