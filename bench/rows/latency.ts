import { released, type ServiceName } from '#shared/platform'
import { type Load, load, rate } from '../load'
import { ms, perSecond, type Row } from '../measure'
import { bearer, processorTimes, sampleProduct, spentSince, stockedProducts } from '../shop'
import { orderBook, orderServices, placing } from './orders'
import type { Rows } from './rows'

interface Route {
  what: string
  path: string
  goalMs: number
  options?: Load
  needs?: readonly ServiceName[]
  /** What a profile of it showed. */
  note?: string
  after?: () => Promise<void>
}

/** The 99th percentile of a route's answers at half of its highest rate. */
export const latency: Rows = {
  needs: [],
  async *measure(shop): AsyncGenerator<Row> {
    const { gateway } = shop
    const [customer, admin] = await Promise.all([shop.customer(), shop.admin()])
    const mine = { headers: bearer(customer) }
    const products = await stockedProducts(shop, admin)
    const canOrder = orderServices.every((name: ServiceName) => released.some(one => one === name))
    const book = canOrder ? await orderBook(shop) : undefined
    const routes: Route[] = [
      { what: 'product by id, past the cache', path: `/api/products/${sampleProduct}`, goalMs: 20, options: mine },
      {
        ...{ what: 'list of 20 products, past the cache', path: '/api/products?limit=20', goalMs: 20, options: mine },
        note: 'by a profile of product, writing commands to MongoDB is 14 % of it, decoding the 20 documents 12, making their views 5, encoding the answer 3, and 27 are native code that the profiler does not name',
      },
      { what: 'stock of a product', path: `/api/inventory/${sampleProduct}`, goalMs: 20 },
      { what: 'my account', path: '/api/users/me', goalMs: 20, options: mine },
      { what: 'my orders', path: '/api/orders?limit=20', goalMs: 20, options: mine, needs: ['order'] },
      { what: 'my cart', path: '/api/cart', goalMs: 20, options: mine, needs: ['cart'] },
      {
        what: 'a product changed',
        path: `/api/products/${products[0]}`,
        goalMs: 100,
        options: { ...placing([], admin), method: 'PATCH', bodies: ['{"price":1400}', '{"price":1500}'], connections: 8 },
      },
      {
        ...{ what: 'an order placed', path: '/api/orders', goalMs: 100, options: placing(products, customer), needs: orderServices },
        after: async () => book?.settled(),
      },
    ]
    for (const { what, path, goalMs, options, needs = [], note, after } of routes) {
      if (!needs.every(name => released.some(one => one === name))) continue
      const url = gateway + path
      const full = await rate(url, { ...options, seconds: 4 })
      await after?.()
      const used = processorTimes(shop)
      const half = await load(url, { ...options, connections: 64, seconds: 8, perSecond: full / 2 })
      await after?.()
      const spent = spentSince(shop, used, half.requests)
      yield {
        ...{ what: `p99 at half of the highest rate: ${what}`, ours: `${ms(half.p99Ms)} at ${perSecond(half.perSecond)}` },
        ...{ limit: `${perSecond(full)} at most`, result: ms(half.p99Ms), goal: `≤ ${goalMs} ms`, met: half.p99Ms <= goalMs },
        costs: `an answer takes ${ms(half.meanMs)} on average; ${spent}${note ? `; ${note}` : ''}`,
      }
    }
    await book?.close()
  },
}
