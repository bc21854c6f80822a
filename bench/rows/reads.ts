import { join } from 'node:path'
import { MongoClient, ObjectId } from 'mongodb'
import { startBare, startBareNginx } from '../bare/process'
import { rate } from '../load'
import { atLeast, pair } from '../measure'
import { call, type Shop } from '../shop'
import type { Rows } from './rows'

/** Requests with a cart bypass the gateway's cache. */
const uncachedRequest = { headers: { 'x-cart-id': 'bench' } }

/** Stores the answers of the shop's first page, so that a bare route sends the same bytes. */
const storeShown = async ({ gateway, servers }: Shop): Promise<string[]> => {
  const { items } = await call<{ items: { id: string }[] }>(`${gateway}/api/products?limit=20`)
  const client = new MongoClient(servers.mongo)
  const shown = client.db('bench').collection('shown')
  for (const item of items) await shown.replaceOne({ _id: new ObjectId(item.id) }, item, { upsert: true })
  await client.close()
  return items.map(({ id }) => id)
}

/** Both sides must send the same bytes, and ours from the cache that the row names; otherwise the comparison means nothing. */
const expectAlike = async (ours: string, bare: string, init: RequestInit, cache: string) => {
  await fetch(ours, init)
  const [first, second] = [await fetch(ours, init), await fetch(bare)]
  const [text, bareText] = [await first.text(), await second.text()]
  if (text !== bareText) throw new Error(`not the same bytes: ${text} and ${bareText}`)
  const outcome = first.headers.get('x-cache')
  if (outcome !== cache) throw new Error(`X-Cache is ${outcome}, not ${cache}`)
}

/** A product by id through the gateway, from its cache and without it. */
export const reads: Rows = {
  needs: [],
  async *measure(shop) {
    const { gateway, urlOf, servers, dir } = shop
    const ids = await storeShown(shop)
    const [id] = ids
    if (!id) throw new Error('the shop shows no product')
    const product = `${gateway}/api/products/${id}`
    const bare = await startBare('mongo', { MONGO_URL: servers.mongo })
    const cached = await startBareNginx(join(dir, 'bare-cache'), urlOf('product'), { cached: true })
    const hop = await startBareNginx(join(dir, 'bare-hop'), bare.url, { cached: false })
    try {
      const cachedProduct = `${cached.url}api/products/${id}`
      await expectAlike(product, cachedProduct, {}, 'HIT')
      const hit = await pair(
        () => rate(product),
        () => rate(cachedProduct),
      )
      yield atLeast(0.9, {
        what: 'product by id through the gateway, cache hit',
        against: 'Nginx answering the same bytes from its cache',
        // Measured by leaving each out, in turns with the bare side.
        costs:
          'a hit takes half again as much of Nginx’s processor time as on the bare side. Without the access log it is 1.3 times as much, and without log, limit, response headers and the rules for paths as well 1.03 times. Of Nginx’s own instructions, counted by callgrind, a hit takes 64,000 (bare: 23,000): 15,000 for the response headers, 6,000 for the log, 3,000 to refuse encoded paths and 2,000 to take trailing slashes off',
        ...hit,
      })
      await expectAlike(product, `${hop.url}${id}`, uncachedRequest, 'BYPASS')
      const uncached = await pair(
        () => rate(gateway, { ...uncachedRequest, paths: ids.map(id => `/api/products/${id}`) }),
        () => rate(hop.url, { paths: ids.map(id => `/${id}`) }),
      )
      yield atLeast(0.8, {
        what: 'product by id through the gateway, no cache',
        against: 'Nginx → a bare Elysia route with one findOne',
        costs: 'request id and its context, one histogram, the response schema, the gateway’s headers',
        ...uncached,
      })
    } finally {
      await Promise.all([bare.stop(), cached.stop(), hop.stop()])
    }
  },
}
