import { join } from 'node:path'
import { released } from '#shared/platform'
import { root } from '../../scripts/install'
import { anyFreePort } from '../../scripts/ports'
import { startMongo } from '../../scripts/servers/mongo'
import { startProcess } from '../bare/process'
import { fillOrders, fillProducts, idOf } from '../fill'
import { type Load, load } from '../load'
import { atMost, pair } from '../measure'
import { bearer, call, orderOf, post, type Shop, sampleProduct } from '../shop'
import { orderServices } from './orders'
import type { Rows } from './rows'

const few = 1000
const many = Number(process.env.BENCH_ROWS || 1_000_000)

const spread = (count: number, pathOf: (n: number) => string) =>
  Array.from({ length: 500 }, (_, n) => pathOf(Math.floor((n * count) / 500)))

/** A service beside the stack's own, on a store of its own; the broker's names are its own as well. */
const beside = (service: 'product' | 'order', { environment }: Shop, name: string, env: Record<string, string>) => {
  const port = anyFreePort()
  return startProcess([process.execPath, join(root, `services/${service}/main.ts`)], {
    url: `http://127.0.0.1:${port}/ready`,
    env: { ...environment(service), ...env, PORT: `${port}`, BROKER_PREFIX: `${name}.`, SEED_DEMO: '0' },
    ready: answer => answer.ok,
  })
}

const meanMs = async (url: string, paths: readonly string[], asked: Load = {}) =>
  (await load(url, { connections: 4, seconds: 2, ...asked, paths })).meanMs

const against = `the same at ${few.toLocaleString('en-US')}`
const costs = 'not profiled; supposed: pages of an index that are no longer all in memory'

const titled = (what: string) => `${what} at ${many.toLocaleString('en-US')} rows`

async function* products(shop: Shop) {
  const sides = await Promise.all(
    [few, many].map(async count => {
      const mongo = await startMongo({ dir: join(shop.dir, `mongo-${count}`), port: anyFreePort() })
      await fillProducts(shop.servers.mongo, mongo.url, count)
      return { count, mongo, service: await beside('product', shop, `size-${count}`, { MONGO_URL: mongo.url }) }
    }),
  )
  try {
    const [small, big] = [sides[0]!, sides[1]!]
    const compare = async (what: string, pathsOf: (count: number) => readonly string[]) => {
      const ask = ({ service, count }: typeof small) => meanMs(service.url, pathsOf(count))
      const times = await pair(
        () => ask(big),
        () => ask(small),
      )
      return atMost(1.5, { what: titled(what), against, costs, ...times })
    }
    yield await compare('product by id', count => spread(count, n => `/api/products/${idOf(n)}`))
    yield await compare('newest 20 products', () => ['/api/products?limit=20'])
    yield await compare('20 products of a category by price', () =>
      spread(50, n => `/api/products?limit=20&sort=price&category=Category+${n}`),
    )
  } finally {
    await Promise.all(sides.map(({ service }) => service.stop()))
    await Promise.all(sides.map(({ mongo }) => mongo.stop()))
  }
}

async function* orders(shop: Shop) {
  const [customer, admin] = await Promise.all([shop.customer(), shop.admin()])
  const { id: userId } = await call<{ id: number }>(`${shop.gateway}/api/users/me`, { headers: bearer(customer) })
  const order = await post<{ id: number }>(`${shop.gateway}/api/orders`, orderOf(sampleProduct), bearer(customer))
  const sides = await Promise.all(
    [few, many].map(async count => {
      const url = Object.assign(new URL(shop.servers.mysql), { pathname: `/bench_orders_${count}` }).href
      const service = await fillOrders(shop.servers.mysql, { schema: `bench_orders_${count}`, template: order.id, userId, count }, () =>
        beside('order', shop, `size-orders-${count}`, { MYSQL_URL: url }),
      )
      return { count, service }
    }),
  )
  try {
    const [small, big] = [sides[0]!, sides[1]!]
    const compare = async (what: string, token: string, pathsOf: (count: number) => readonly string[]) => {
      const ask = ({ service, count }: typeof small) => meanMs(service.url, pathsOf(count), { headers: bearer(token) })
      const times = await pair(
        () => ask(big),
        () => ask(small),
      )
      return atMost(1.5, { what: titled(what), against, costs, ...times })
    }
    yield await compare('order by id', admin, count => spread(count, n => `/api/orders/${n + 1}`))
    yield await compare('my newest 20 orders', customer, () => ['/api/orders?limit=20'])
    yield await compare('everybody’s newest 20 orders', admin, () => ['/api/orders?limit=20'])
  } finally {
    await Promise.all(sides.map(({ service }) => service.stop()))
  }
}

/** What a full shop costs beside one that has just opened. */
export const size: Rows = {
  needs: [],
  async *measure(shop) {
    yield* products(shop)
    if (orderServices.every(name => released.some((one: string) => one === name))) yield* orders(shop)
  },
}
