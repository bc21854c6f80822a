import { afterAll, expect, test } from 'bun:test'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import { shop } from '../shop'
import { pieces, until } from '../shopper'

/**
 * What one order costs: the calls between services, the events that are handled, and what MySQL is asked and stores, from the placing until all is quiet. A change
 * that adds one of them changes a number here, so nobody adds it without seeing it.
 */
const pool = createPool({ uri: String(Bun.env.TEST_MYSQL_URL), connectionLimit: 1 })
afterAll(() => pool.end())

type Counts = Record<string, number>

/** `events_handled_total{type="order.created",service="tax"} 3` and the like, from every instance. */
const sample = /^(events_handled_total|http_client_duration_seconds_count)\{([^}]*)\} (\d+)/gm
const readMetrics = async (addresses: readonly string[]): Promise<Counts> => {
  const texts = await Promise.all(addresses.map(async address => (await fetch(`http://${address}/metrics`)).text()))
  const counts: Counts = {}
  for (const [, name, labels = '', value] of texts.flatMap(text => [...text.matchAll(sample)])) {
    const { service, type, callee } = Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]))
    // Discovery asks everybody every few seconds, and everybody asks for user's published keys, whatever is ordered.
    if (service === 'discovery') continue
    const key = name === 'events_handled_total' ? `${type} → ${service}` : `${service} asks ${callee}`
    counts[key] = (counts[key] ?? 0) + Number(value)
  }
  return counts
}

const readStored = async (): Promise<Counts> => {
  const [rows] = await pool.query<RowDataPacket[]>("show global status where variable_name in ('Com_commit', 'Com_insert')")
  return Object.fromEntries(rows.map(({ Variable_name, Value }) => [Variable_name, Number(Value)]))
}

/** Who sent a command, and what it does: its statements without values, and without the begin and the commit that travel with them. */
interface Sent {
  service: string
  shape: string
}
/** The services' commands while `work` goes on, from the server's log. */
const sentDuring = async (work: () => Promise<unknown>): Promise<Sent[]> => {
  await pool.query("set global log_output = 'TABLE'")
  await pool.query('truncate mysql.general_log')
  await pool.query('set global general_log = 1')
  await work().finally(() => pool.query('set global general_log = 0'))
  const columns = 'user_host, convert(argument using utf8mb4) as argument'
  const [rows] = await pool.query<RowDataPacket[]>(`select ${columns} from mysql.general_log where command_type = 'Query'`)
  return rows.flatMap(({ user_host, argument }) => {
    const service = /^shop_(\w+)/.exec(user_host)?.[1]
    const shape = String(argument)
      .replace(/^begin; |; commit$/g, '')
      .replace(/'(\\.|[^'\\])*'|\b\d+\b/g, '?')
      .replace(/\?(, \?)+/g, '?')
    return service && !/^(begin|commit|rollback|set )/.test(shape) ? [{ service, shape }] : []
  })
}
/** People look at their order until it is done, the metrics at what waits in the outboxes, and each hour a sweep at what is past its retention. */
const looks = [
  /^delete from `(inbox|idempotency_keys)` where/,
  /^select \* from `orders` where `id` = \?$/,
  /^select \* from `order_items` where `order_id` in \(\?\) order by `order_id`, `line`$/,
  /^select count\(\*\) as `count` from \(select `id` from `outbox` limit \?\) as `waiting`$/,
]

const difference = (before: Counts, after: Counts): Counts =>
  Object.fromEntries(
    Object.entries(after)
      .map(([key, value]): [string, number] => [key, value - (before[key] ?? 0)])
      .filter(([, value]) => value !== 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

/** The smallest value of each count. */
const least = (all: readonly Counts[]): Counts =>
  all.reduce((a, b) => Object.fromEntries(Object.entries(a).flatMap(([key, value]) => (b[key] ? [[key, Math.min(value, b[key])]] : []))))

test('one order, placed and paid by card, costs as many calls, events, commands and commits as are written here', async () => {
  const admin = await shop.admin()
  const ann = await shop.shopper()
  const product = await shop.addProduct({ price: 20 })
  const { services } = await admin.call<{ services: { instances: { address: string }[] }[] }>('GET', '/api/discovery/services')
  const addresses = services.flatMap(({ instances }) => instances.map(({ address }) => address))
  /** The counters, once they have stood still for a while. */
  const quiet = async () => {
    let [seen, since] = ['', Date.now()]
    return until(async () => {
      const read = { metrics: await readMetrics(addresses), stored: await readStored() }
      if (JSON.stringify(read) !== seen) [seen, since] = [JSON.stringify(read), Date.now()]
      return Date.now() - since > 2500 ? read : undefined
    }, 60_000)
  }
  // What services remember for a moment is there already.
  await ann.buy(pieces(product))
  // What is looked for again and again, whether or not anything happens.
  let before: { metrics: Counts; stored: Counts } = { metrics: {}, stored: {} }
  const rest = async () => {
    ;[before] = await Promise.all([quiet(), Bun.sleep(6000)])
  }
  const idle = new Set((await sentDuring(rest)).map(({ shape }) => shape))
  const buyOne = async () => {
    let after = before
    const sent = await sentDuring(async () => {
      await ann.buy(pieces(product))
      after = await quiet()
    })
    const cost = {
      commands: Object.groupBy(
        sent.filter(({ shape }) => !idle.has(shape) && !looks.some(look => look.test(shape))),
        ({ service }) => service,
      ),
      metrics: difference(before.metrics, after.metrics),
      stored: difference(before.stored, after.stored),
    }
    before = after
    return cost
  }
  // Work that other tests left for later, and what a service does once a minute, only adds to an order's counts: the least of three is what an order costs.
  const orders = [await buyOne(), await buyOne(), await buyOne()] as const

  const { 'notification asks user': contacts = 0, ...others } = least(orders.map(({ metrics }) => metrics))
  expect(others).toEqual({
    'order asks product': 1,
    'order asks promotion': 1,
    'order asks shipping': 1,
    'order asks tax': 1,
    'payment asks order': 1,
    'shipping asks order': 1,
    'order.created → inventory': 1,
    'order.created → notification': 1,
    'order.created → tax': 1,
    'order.status_updated → inventory': 1,
    'order.status_updated → notification': 1,
    'order.status_updated → search': 1,
    'order.status_updated → tax': 1,
    'inventory.reserved → order': 1,
    'inventory.committed → order': 1,
    'inventory.committed → shipping': 1,
    'inventory.updated → favourite': 1,
    'inventory.updated → product': 1,
    'inventory.updated → search': 1,
    'payment.processed → order': 1,
    'shipment.created → order': 1,
  })
  const smallest = Object.keys(orders[0].commands).map((service): [string, Sent[]] => {
    const lists = orders.map(({ commands }) => commands[service] ?? [])
    return [service, lists.reduce((a, b) => (a.length <= b.length ? a : b))]
  })
  // Alone it is 46 to 53. Events that arrive apart cost a little more, and those that share a transaction less; notification may have other mails to send.
  const most = new Map(
    Object.entries({ order: 17, inventory: 11, payment: 8, shipping: 12, tax: 9, notification: 18, promotion: 2, favourite: 2, user: 2 }),
  )
  const above = smallest.filter(([service, list]) => list.length > (most.get(service) ?? 0))
  expect(above.map(([service, list]) => [service, list.map(({ shape }) => shape)])).toEqual([])
  expect(smallest.flatMap(([, list]) => list).length).toBeWithin(30, 68)
  // Messages that are due together ask for their receivers together.
  expect(contacts).toBeWithin(1, 3)
  const { Com_commit: commits, Com_insert: inserts } = least(orders.map(({ stored }) => stored))
  // Alone it is 15 commits and 55 inserts. Events that arrive together share a transaction, and messages of other tests may fall due meanwhile.
  expect(commits).toBeWithin(9, 19)
  expect(inserts).toBeWithin(40, 64)
}, 120_000)
