import { join } from 'node:path'
import { startBare, startBareNginx } from '../bare/process'
import { count, pair, type Row, rate } from '../measure'
import { type Shop, sampleProduct } from '../shop'

/** Products through the gateway, from its cache and past it, and what a token costs. */
export const reads = async ({ gateway, admin, customer, portBase, stores, dir }: Shop): Promise<Row[]> => {
  const product = `${gateway}/api/products/${sampleProduct}`
  const direct = `http://127.0.0.1:${portBase + 2}/api/products/${sampleProduct}`
  const bare = await startBare('mongo', { TEST_MONGO_URL: stores.mongo })
  const cached = await startBareNginx(join(dir, 'bare-cache'), direct, true)
  const hop = await startBareNginx(join(dir, 'bare-hop'), bare.url, false)
  try {
    const hit = await pair(
      () => rate(product),
      () => rate(`${cached.url}api/products/${sampleProduct}`),
    )
    const past = { headers: { authorization: `Bearer ${customer}` } }
    const uncached = await pair(
      () => rate(product, past),
      () => rate(`${hop.url}${sampleProduct}`),
    )
    const sku = `http://127.0.0.1:${portBase + 2}/api/products/${sampleProduct}`
    const guarded = await pair(
      () => rate(sku, { headers: { authorization: `Bearer ${admin}` } }),
      () => rate(sku),
    )
    const row = (what: string, { ours, limit }: { ours: number; limit: number }, against: string, goal: number): Row => ({
      what,
      ours: count(ours),
      limit: `${count(limit)} (${against})`,
      result: (ours / limit).toFixed(2),
      goal: `≥ ${goal.toFixed(2)}`,
      met: ours / limit >= goal,
    })
    return [
      row('product by id through the gateway, cache hit', hit, 'Nginx answering the same bytes from its cache', 0.9),
      row('product by id through the gateway, no cache, with a token', uncached, 'Nginx → a bare Elysia route with one findOne', 0.8),
      row('a route with a token, on the service’s own port', guarded, 'the same route without', 0.75),
    ]
  } finally {
    await Promise.all([bare.stop(), cached.stop(), hop.stop()])
  }
}
