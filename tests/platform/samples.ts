import { eventually } from '#shared/testing'
import type { List } from '../caller'
import { shop, unique } from '../shop'
import type { Operation } from './operations'
import { newPerson, type Person } from './people'

interface Sample {
  id: string
}

/** Creates what the paths of operations name: a product with its category and stock, and an address, a session and a review of `owner`. */
export const createSamples = async (admin: Person, owner: Person) => {
  const sku = `SAMPLE-${unique()}`
  const address = { line1: `${owner.username} Street 1`, city: 'Hanoi', postal_code: '10000', country: 'VN' }
  const [category, savedAddress, sessions, leaver] = await Promise.all([
    admin.call<Sample & { name: string }>('POST', '/api/categories', { body: { name: `Samples ${sku}` } }),
    owner.call<Sample>('POST', '/api/users/me/addresses', { body: address }),
    owner.call<List<Sample>>('GET', '/api/users/me/sessions'),
    newPerson(),
  ])
  const product = await admin.call<Sample>('POST', '/api/products', {
    body: { name: 'A sample', description: 'Nothing to buy.', price: 5, category: category.name, stock: 3, sku },
  })
  await eventually(async () => (await shop.guest.ask('GET', `/api/inventory/${product.id}`)).status === 200)
  const review = await owner.call<Sample>('POST', `/api/products/${product.id}/reviews`, { body: { rating: 4 } })
  const samples = {
    '/api/products/{id}': product.id,
    '/api/products/images/{name}': 'laptop-graphite.svg',
    '/api/recommendations/product/{id}': product.id,
    '/api/products/by-sku/{sku}': sku,
    '/api/categories/{id}': category.id,
    '/api/ratings/product/{id}': product.id,
    '/api/ratings/{id}': review.id,
    '/api/inventory/{product_id}': product.id,
    '/api/users/me/addresses/{id}': savedAddress.id,
    '/api/users/me/sessions/{id}': sessions.items[0]?.id,
    '/api/users/{id}': String(owner.id),
    '/api/discovery/services/{name}': 'product',
  }
  /** The operation's path with a sample in it, where there is one, and with the parameters in `change` set to other values. */
  return ({ name, path }: Operation, change: Record<string, string> = {}) => {
    // Another account than the owner's, who is needed to the end.
    const erased = name === 'DELETE /api/users/{id}' ? String(leaver.id) : undefined
    const sample = erased ?? Object.entries(samples).find(([start]) => path.startsWith(start))?.[1]
    const missing = path.includes('/dead-letters/') ? 'order.timeouts' : '000000000000000000000000'
    return path.replace(/\{(\w+)\}/g, (_, parameter) => change[parameter] ?? sample ?? missing)
  }
}
export type PathOf = Awaited<ReturnType<typeof createSamples>>
