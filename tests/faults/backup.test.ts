import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OrderView as OrderSchema } from '#services/order/model'
import type { Static } from '#shared/schema'
import { eventually } from '#shared/testing'
import { backUp, restore } from '../../scripts/backup/copy'
import { freePortBase } from '../../scripts/ports'
import type { List } from '../caller'
import { times } from '../shop'
import { pieces, type Shopper } from '../shopper'
import { type Bought, buy } from './buy'
import { type Platform, startPlatform } from './platform'

type OrderView = Static<typeof OrderSchema>
let platform: Platform
let people: Shopper[]
let product: { id: string }
const dir = mkdtempSync(join(tmpdir(), 'backup-'))
const reported: string[] = []
const report = (line: string) => void reported.push(line)

beforeAll(async () => {
  platform = await startPlatform('backup', freePortBase(Number(Bun.env.TEST_PRIVATE_PORT ?? 30_000) + 2400))
  people = await times(8, platform.shop.shopper)
  product = await platform.shop.addProduct({ price: 20, stock: 100_000 })
}, 120_000)
afterAll(async () => {
  await platform?.stop()
  rmSync(dir, { recursive: true, force: true })
}, 60_000)

/** When each file of a store's copy was finished, in milliseconds. */
const timesOf = (store: string) =>
  readdirSync(join(dir, store), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.gz'))
    .map(file => statSync(join(dir, store, file)).mtimeMs)

/** Everybody buys, one order after the other, until `done`. */
const buyUntil = async (done: () => boolean) => {
  const bought: Bought[] = []
  await Promise.all(
    people.map(async person => {
      while (!done()) {
        const one = await buy(person, pieces(product, 1))
        if (one) bought.push(one)
      }
    }),
  )
  return bought
}

const settled = new Set(['fulfilling', 'shipped', 'delivered', 'cancelled'])

test('a backup that is taken while people buy is the shop of one moment: restored, its books agree, and what was under way goes on', async () => {
  const began = new Date()
  const [first] = people
  if (!first) throw new Error('nobody came')
  await first.call('POST', '/api/cart/items', { body: { product_id: product.id, quantity: 3 } })
  let over = false
  const buying = buyUntil(() => over)
  // A separator that ends a line for some readers of text, and none of a backup.
  const order = { ...pieces(product, 2), shipping_address: '123 Main St\u2028City' }
  const early = await buy(first, order)
  await backUp(platform.places(), dir, report)
  expect(statSync(join(dir, 'mysql/shop_order.sql.gz')).mode & 0o077).toBe(0)
  // MongoDB's snapshot ends after five minutes, however long a large MySQL takes to copy.
  expect(Math.max(...timesOf('mongo'))).toBeLessThanOrEqual(Math.min(...timesOf('mysql')))
  await first.call('DELETE', '/api/cart')
  const late = await buy(first, pieces(product, 1))
  over = true
  const bought = await buying
  expect(bought.length).toBeGreaterThan(8)

  await expect(restore(platform.places(), dir, report)).rejects.toThrow('these services still run')
  await platform.stopServices()
  const manifest = readFileSync(join(dir, 'manifest.json'), 'utf8')
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ ...JSON.parse(manifest), redis: { redis: 0 } }))
  await expect(restore(platform.places(), dir, report)).rejects.toThrow('the restore is not finished')
  writeFileSync(join(dir, 'manifest.json'), manifest)
  await restore(platform.places(), dir, report)
  await platform.startServices()

  expect(await first.orderOf(early?.orderId ?? 0)).toMatchObject({ total_amount: 45, shipping_address: order.shipping_address })
  expect((await first.ask('GET', `/api/orders/${late?.orderId}`)).status).toBe(404)
  expect((await first.ask('GET', '/api/cart')).body).toMatchObject({ items: [{ product_id: product.id, quantity: 3 }] })

  // What was under way when the backup was taken goes on; what waits for a payment that never came in this copy waits until its deadline.
  const orders = await eventually(
    async () => {
      const lists = await Promise.all(people.map(person => person.call<List<OrderView>>('GET', '/api/orders?limit=100')))
      const all = lists.flatMap(({ items }) => items)
      const waits = ({ status, payment_status }: OrderView) => status === 'awaiting_payment' && payment_status === 'unpaid'
      return all.every(one => settled.has(one.status) || waits(one)) ? all : undefined
    },
    { timeoutMs: 60_000, everyMs: 250 },
  )
  const piecesOf = (statuses: string[]) =>
    orders
      .filter(({ status }) => statuses.includes(status))
      .flatMap(({ items }) => items)
      .reduce((sum, { quantity }) => sum + quantity, 0)
  const [sold, reserved] = [piecesOf(['fulfilling', 'shipped', 'delivered']), piecesOf(['awaiting_payment'])]
  expect(sold).toBeGreaterThan(0)
  await eventually(
    async () => {
      const quantity = 100_000 - sold
      expect(await platform.shop.stockOf(product.id)).toEqual({ quantity, reserved, available: quantity - reserved })
      return true
    },
    { timeoutMs: 30_000, everyMs: 250 },
  )
  await platform.shop.expectNoDrift(began)

  const again = await buy(first, pieces(product, 1))
  await eventually(async () => settled.has((await first.orderOf(again?.orderId ?? 0)).status), { timeoutMs: 30_000, everyMs: 100 })
  await platform.shop.expectNoDrift(began)
}, 300_000)

test('a folder without a manifest, as an interrupted backup leaves it, is not restored', async () => {
  await expect(restore(platform.places(), join(dir, 'mysql'), report)).rejects.toThrow('holds no whole backup')
})
