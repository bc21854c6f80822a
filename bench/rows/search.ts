import { join } from 'node:path'
import { compose } from '#services/search/compose'
import { openRedis } from '#shared/redis'
import { minute } from '#shared/time'
import { anyFreePort } from '../../scripts/ports'
import { pss } from '../../scripts/processes'
import { startRedis } from '../../scripts/servers/redis'
import { until } from '../../scripts/until'
import { type Bare, startProcess } from '../bare/process'
import { madeProducts, queries } from '../made-products'
import { mib, percentile, within } from '../measure'
import type { Shop } from '../shop'
import type { Rows } from './rows'

const count = 100_000
const rounds = 20
const settleMs = 8000
const log = { info() {}, warn: console.warn, error: console.error }

/** Another instance of search, on a Redis and with broker names of its own. */
const beside = (shop: Shop, redisUrl: string, ready: (answer: Response) => boolean, path: string): Promise<Bare> => {
  const port = anyFreePort()
  return startProcess(shop.command('search'), {
    url: `http://127.0.0.1:${port}${path}`,
    env: { ...shop.environment('search'), REDIS_URL: redisUrl, PORT: `${port}`, BROKER_PREFIX: 'bench-search.' },
    ready,
  })
}

/** The time of each answer, one request after the other. */
const timesOf = async (origin: string, pathOf: (query: string) => string): Promise<number[]> => {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++)
    for (const query of queries) {
      const before = performance.now()
      await (await fetch(origin + pathOf(encodeURIComponent(query)))).arrayBuffer()
      // The first round warms up.
      if (round > 0) times.push(performance.now() - before)
    }
  return times
}

/** Searches among 100,000 products. */
export const search: Rows = {
  needs: ['search'],
  async *measure(shop) {
    const server = await startRedis({ dir: join(shop.dir, 'redis-search'), port: anyFreePort() })
    const redis = await openRedis({ url: server.url, prefix: 'search', log })
    const names = { what: `${count.toLocaleString('en-US')} products` }
    try {
      const idle = await beside(shop, server.url, answer => answer.ok, '/ready')
      await Bun.sleep(settleMs)
      const empty = await pss([idle.pid])
      await idle.stop()

      // Neither the catalog nor events are needed: what they would store is stored here, and a snapshot is written as an instance does.
      const service = compose({
        ...{ redis, log, secret: 'of this measurement', follow: () => ({ ready: Promise.resolve() }) },
        clients: { catalogAfter: async () => [], categories: async () => [], missingOf: async () => [], favourites: async () => [] },
      })
      await redis.client.set(redis.key('filled'), 'for this measurement')
      const waiting: Promise<unknown>[] = []
      for (const { stock, ...product } of madeProducts(count)) {
        const sellable = [product.sku]
        waiting.push(
          service.products.put({ id: product.id, version: 1, product, sellable, levels: { [product.sku]: [1, stock] } }, { quiet: true }),
        )
        if (waiting.length === 500) await Promise.all(waiting.splice(0))
      }
      await Promise.all(waiting)
      await service.live.start()
      await until('the first index', async () => service.live.state().products === count, { timeoutMs: 10 * minute })
      if (!(await service.live.save())) throw new Error('the snapshot was not written')

      const before = performance.now()
      const instance = await beside(shop, server.url, answer => answer.ok, '/api/search?keyword=headphones&limit=1')
      const startMs = performance.now() - before
      try {
        const origin = new URL(instance.url).origin
        const searches = await timesOf(origin, query => `/api/search?keyword=${query}`)
        const costs = 'counting the facets of up to 60,000 products found'
        yield within(20, { what: `search among ${names.what}, p50`, ours: percentile(searches, 0.5), costs })
        yield within(20, { what: `search among ${names.what}, p99`, ours: percentile(searches, 0.99), costs })
        const suggestions = await timesOf(origin, query => `/api/search/suggestions?q=${query}`)
        yield within(10, {
          what: `suggestions among ${names.what}, p99`,
          ours: percentile(suggestions, 0.99),
          costs: 'counting the products of every word that may follow',
        })
        await Bun.sleep(settleMs)
        const more = (await pss([instance.pid])) - empty
        yield within(100, {
          what: `memory of an index of ${names.what}`,
          ours: more,
          show: mib,
          costs: 'terms as strings, and arrays of 31 MiB',
        })
        yield within(2000, {
          what: `a new instance answers its first search among ${names.what}`,
          ours: startMs,
          costs: 'the start of the process; reading and opening the snapshot is the smaller part',
        })
      } finally {
        await instance.stop()
      }
    } finally {
      await redis.close()
      await server.stop()
    }
  },
}
