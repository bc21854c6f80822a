import { afterAll, describe, expect, test } from 'bun:test'
import { demoCatalog } from './demo-catalog'
import { productImage } from './product-images'
import { testProduct } from './testing'

const { app, send, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

const paths = demoCatalog.flatMap(({ images = [] }) => images)
const get = (path: string, headers = {}) => app.handle(new Request(`http://localhost${path}`, { headers }))

describe('images of the demo catalog', () => {
  test('each product has one, which the service answers for every browser to keep', async () => {
    expect(paths).toHaveLength(demoCatalog.length)
    for (const path of paths) {
      const answer = await get(path)
      expect([path, answer.status]).toEqual([path, 200])
      expect(answer.headers.get('content-type')).toBe('image/svg+xml')
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
      const again = await get(path, { 'if-none-match': answer.headers.get('etag') ?? '' })
      expect([again.status, await again.text()]).toEqual([304, ''])
    }
  })

  test('are well-formed, load and run nothing, and look different', () => {
    const drawn = paths.map(path => productImage(path.slice('/api/products/images/'.length, -'.svg'.length)) ?? '')
    for (const svg of drawn) {
      expect(svg.match(/<[a-z]+/g)?.length).toBe((svg.match(/<\/[a-z]+>|\/>/g) ?? []).length)
      expect(svg).not.toMatch(/NaN|undefined|script|href|url\(|\bon\w+=/)
    }
    expect(new Set(drawn).size).toBe(drawn.length)
  })

  test.each(['lion-teal', 'laptop-invisible', 'constructor-teal', 'laptop-constructor', 'laptop-__proto__'])('%s cannot be drawn', name => {
    expect(productImage(name)).toBeUndefined()
  })

  test('a name that nothing is drawn for is 404, and one that is no name is 400', async () => {
    expect((await send('GET', '/products/images/unicorn-teal.svg')).body).toMatchObject({ status: 404, code: 'image_not_found' })
    for (const name of ['laptop.svg', 'laptop-teal.png', 'Laptop-teal.svg', 'laptop-teal.svg%00', `${'a'.repeat(5000)}-teal.svg`])
      expect([name, (await send('GET', `/products/images/${name}`)).status]).toEqual([name, 400])
  })
})
