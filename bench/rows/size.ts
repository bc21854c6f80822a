import { join } from 'node:path'
import { released } from '#shared/platform'
import { anyFreePort } from '../../scripts/ports'
import { startMongo } from '../../scripts/servers/mongo'
import { type Bare, startProcess } from '../bare/process'
import { fillOrders, fillProducts, idOf } from '../fill'
import { load } from '../load'
import { atMost, pair } from '../measure'
import { bearer, call, orderOf, post, processorTimes, type Shop, sampleProduct, spentSince } from '../shop'
import { orderServices } from './orders'
import type { Rows } from './rows'

const few = 1000
const many = Number(process.env.BENCH_ROWS || 1_000_000)

const spread = (count: number, pathOf: (n: number) => string) =>
  Array.from({ length: 500 }, (_, n) => pathOf(Math.floor((n * count) / 500)))

/** Another instance of a service, on a store and with broker names of its own. */
const beside = (service: 'product' | 'order', { command, environment }: Shop, name: string, env: Record<string, string>) => {
  const port = anyFreePort()
  return startProcess(command(service), {
    url: `http://127.0.0.1:${port}/ready`,
    env: { ...environment(service), ...env, PORT: `${port}`, BROKER_PREFIX: `${name}.`, SEED_DEMO: '0' },
    ready: answer => answer.ok,
  })
}

/** The service once with few rows and once with many. */
type Sides = Record<'small' | 'large', { count: number; service: Bare }>

/** Compares the mean time of an answer on both sides. */
const compare = async (
  shop: Shop,
  what: string,
  { small, large }: Sides,
  pathsOf: (count: number) => readonly string[],
  token?: string,
) => {
  const headers = token ? bearer(token) : {}
  const spent = new Map<number, string>()
  const meanMs = async ({ service, count }: Sides['small']) => {
    const before = processorTimes(shop)
    const { meanMs, requests } = await load(service.url, { connections: 4, seconds: 2, headers, paths: pathsOf(count) })
    spent.set(count, spentSince(shop, before, requests))
    return meanMs
  }
  const times = await pair(
    () => meanMs(large),
    () => meanMs(small),
  )
  return atMost(1.5, {
    what: `${what} at ${many.toLocaleString('en-US')} rows`,
    against: `the same at ${few.toLocaleString('en-US')}`,
    costs: `${spent.get(many)}, and with ${few.toLocaleString('en-US')} rows ${spent.get(few)}`,
    ...times,
  })
}

async function* products(shop: Shop) {
  const sideOf = async (count: number) => {
    const mongo = await startMongo({ dir: join(shop.dir, `mongo-${count}`), port: anyFreePort() })
    await fillProducts(shop.servers.mongo, mongo.url, count)
    return { count, mongo, service: await beside('product', shop, `size-${count}`, { MONGO_URL: mongo.url }) }
  }
  const [small, large] = await Promise.all([sideOf(few), sideOf(many)])
  const sides = { small, large }
  try {
    yield await compare(shop, 'product by id', sides, count => spread(count, n => `/api/products/${idOf(n)}`))
    yield await compare(shop, 'newest 20 products', sides, () => ['/api/products?limit=20'])
    yield await compare(shop, '20 products of a category by price', sides, () =>
      spread(50, n => `/api/products?limit=20&sort=price&category=Category+${n}`),
    )
  } finally {
    await Promise.all([small.service.stop(), large.service.stop()])
    await Promise.all([small.mongo.stop(), large.mongo.stop()])
  }
}

async function* orders(shop: Shop) {
  const [customer, admin] = await Promise.all([shop.customer(), shop.admin()])
  const { id: userId } = await call<{ id: number }>(`${shop.gateway}/api/users/me`, { headers: bearer(customer) })
  const order = await post<{ id: number }>(`${shop.gateway}/api/orders`, orderOf(sampleProduct), bearer(customer))
  const sideOf = async (count: number) => {
    const schema = `bench_orders_${count}`
    const url = Object.assign(new URL(shop.servers.mysql), { pathname: schema }).href
    const start = () => beside('order', shop, `size-orders-${count}`, { MYSQL_URL: url })
    return { count, service: await fillOrders(shop.servers.mysql, { schema, template: order.id, userId, count }, start) }
  }
  const [small, large] = await Promise.all([sideOf(few), sideOf(many)])
  const sides = { small, large }
  try {
    yield await compare(shop, 'order by id', sides, count => spread(count, n => `/api/orders/${n + 1}`), admin)
    yield await compare(shop, 'my newest 20 orders', sides, () => ['/api/orders?limit=20'], customer)
    yield await compare(shop, 'everybody’s newest 20 orders', sides, () => ['/api/orders?limit=20'], admin)
  } finally {
    await Promise.all([small.service.stop(), large.service.stop()])
  }
}

/** The same reads from large and from small tables. */
export const size: Rows = {
  needs: [],
  async *measure(shop) {
    yield* products(shop)
    if (orderServices.every(name => released.some((one: string) => one === name))) yield* orders(shop)
  },
}
