import { join } from 'node:path'
import { MongoClient, ObjectId } from 'mongodb'
import { startBare, startBareNginx } from '../bare/process'
import { rate } from '../load'
import { atLeast, pair } from '../measure'
import { type Shop, sampleProduct } from '../shop'
import type { Rows } from './rows'

const past = { headers: { 'x-cart-id': 'bench' } }

/** The document that a bare route answers with: the view itself, so that both sides send the same. */
const storeShown = async ({ gateway, servers }: Shop) => {
  const text = await (await fetch(`${gateway}/api/products/${sampleProduct}`)).text()
  const client = new MongoClient(servers.mongo)
  await client
    .db('bench')
    .collection('shown')
    .replaceOne({ _id: new ObjectId(sampleProduct) }, JSON.parse(text), { upsert: true })
  await client.close()
}

/** A pair that answers different bytes, or from another cache than it says, would say nothing. */
const expectAlike = async (ours: string, bare: string, init: RequestInit, cache: string) => {
  await fetch(ours, init)
  const [first, second] = [await fetch(ours, init), await fetch(bare)]
  const [text, bareText] = [await first.text(), await second.text()]
  if (text !== bareText) throw new Error(`not the same bytes: ${text} and ${bareText}`)
  const told = first.headers.get('x-cache')
  if (told !== cache) throw new Error(`X-Cache says ${told}, not ${cache}`)
}

/** A product by id through the gateway, from its cache and past it. */
export const reads: Rows = {
  needs: [],
  async *measure(shop) {
    const { gateway, door, servers, dir } = shop
    await storeShown(shop)
    const product = `${gateway}/api/products/${sampleProduct}`
    const bare = await startBare('mongo', { MONGO_URL: servers.mongo })
    const cached = await startBareNginx(join(dir, 'bare-cache'), door('product'), { cached: true })
    const hop = await startBareNginx(join(dir, 'bare-hop'), bare.url, { cached: false })
    try {
      const cachedProduct = `${cached.url}api/products/${sampleProduct}`
      await expectAlike(product, cachedProduct, {}, 'HIT')
      const hit = await pair(
        () => rate(product),
        () => rate(cachedProduct),
      )
      yield atLeast(0.9, {
        what: 'product by id through the gateway, cache hit',
        against: 'Nginx answering the same bytes from its cache',
        costs: 'the gateway’s rate limit, access log and 17 response headers, some 4 µs a request',
        ...hit,
      })
      await expectAlike(product, `${hop.url}${sampleProduct}`, past, 'BYPASS')
      const uncached = await pair(
        () => rate(product, past),
        () => rate(`${hop.url}${sampleProduct}`),
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
