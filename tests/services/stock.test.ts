import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import * as catalog from '#shared/catalog'
import { eventually, outgoing, sender, testBus, testClients, testHttp } from '#shared/testing'
import { discoveryClients } from '../../services/discovery/clients'
import { deadLetterRoutes } from '../../services/discovery/dead-letter-routes'
import { checkDrift } from '../../services/discovery/drift'
import { platformRoutes } from '../../services/discovery/routes'
import { inAnHour, testInventory } from '../../services/inventory/testing'
import { testProduct } from '../../services/product/testing'

/** Product and inventory on their own stores, with a real broker between them and discovery beside them. */
const topology = Object.values(catalog)
const broker = await testBus(topology)
const [inventory, product, watcher] = await Promise.all([testInventory(), testProduct(), testHttp('discovery')])
const tokenFor = async (service: string) =>
  (await (service === 'product' ? product : inventory).asService('discovery')).authorization.replace('Bearer ', '')
const clients = testClients({ inventory: inventory.app, product: product.app }, tokenFor)
const discoveryBus = await broker.open('discovery')
const discovery = watcher
  .http('')
  .use(
    platformRoutes({
      http: watcher.http,
      checkHealth: async () => ({ status: 'up', services: [] }),
      checkDrift: checkDrift(discoveryClients(clients.client)),
    }),
  )
  .use(deadLetterRoutes({ http: watcher.http, deadLetters: discoveryBus.deadLetters }))

beforeAll(async () => {
  const [stockBus, catalogBus] = await Promise.all([broker.open('inventory'), broker.open('product')])
  await Promise.all([
    inventory.open({ relay: { bus: stockBus, pollMs: 20 } }),
    product.open({ relay: { bus: catalogBus, pollMs: 20 } }),
    stockBus.consume(inventory.handlers),
    catalogBus.consume(product.handlers),
  ])
})
afterAll(async () => {
  await clients.stop()
  await broker.drop()
  await Promise.all([inventory.drop(), product.drop()])
})

const admin = await watcher.as(1, 'admin')
const ask = sender(discovery, { under: '/api/discovery', by: admin })
const shown = async (id: string) => (await product.send('GET', `/products/${id}`, undefined, {})).body
const available = async (id: string) => (await inventory.send('GET', `/${id}`, undefined, {})).body?.available

describe('a product and its stock', () => {
  test('a new product has its opening stock, and shows a stock that an administrator sets', async () => {
    const { id } = await product.add({ stock: 12 })
    await eventually(async () => (await available(id)) === 12)
    expect((await inventory.put(id, 40)).status).toBe(200)
    await eventually(async () => (await shown(id)).stock === 40)
  })

  test('each variant has its own stock; a new one begins with none, and a removed one no longer counts', async () => {
    const variants = ['TOGETHER-S', 'TOGETHER-M'].map(sku => ({ sku, stock: 3 }))
    const { id } = await product.add({ variants })
    await eventually(async () => (await available(id)) === 6)
    const changed = [{ sku: 'TOGETHER-M' }, { sku: 'TOGETHER-L' }]
    expect((await product.send('PATCH', `/products/${id}`, { variants: changed })).status).toBe(200)
    await eventually(async () => (await inventory.put(id, 5, { sku: 'TOGETHER-L' })).status === 200)
    await eventually(async () => (await shown(id)).stock === 8)
    expect(await available(id)).toBe(8)
  })

  test('an archived product is not available until it is taken back', async () => {
    const { id } = await product.add({ stock: 4 })
    await eventually(async () => (await available(id)) === 4)
    expect((await product.send('DELETE', `/products/${id}`)).status).toBe(204)
    const check = () => inventory.send('POST', '/check', { items: [{ product_id: id, quantity: 1 }] }, {})
    await eventually(async () => (await check()).body.available === false)
    expect((await product.send('PATCH', `/products/${id}`, { status: 'active' })).body).toMatchObject({ status: 'active', stock: 4 })
    await eventually(async () => (await check()).body.available === true)
  })
})

describe('drift', () => {
  const window = () => `from=2026-01-01T00:00:00Z&to=${inAnHour().toISOString()}`
  const drift = async () => (await ask('GET', `/drift?${window()}`)).body

  test('is 0 when nothing is wrong, and each broken relation is named with its SKUs', async () => {
    const { id, sku } = await product.add({ stock: 9 })
    const { id: other, sku: otherSku } = await product.add({ stock: 9 })
    await eventually(async () => (await available(id)) === 9 && (await available(other)) === 9)
    await eventually(async () => (await drift()).drift.product_stock === 0)
    expect(await drift()).toMatchObject({
      drift: { stock_movements: 0, stock_shelves: 0, stock_reserved: 0, product_stock: 0 },
      examples: {},
    })
    const { db } = inventory.sql
    await raw`update skus set quantity = 8 where sku = ${sku}`.execute(db)
    await product.learn({ productId: other, level: { sku: otherSku, available: 7, version: 99 } })
    const found = await drift()
    expect(found.drift).toEqual({ stock_movements: 1, stock_shelves: 1, stock_reserved: 0, product_stock: 2 })
    expect(found.examples).toEqual({ stock_movements: [sku], stock_shelves: [sku], product_stock: expect.arrayContaining([sku, otherSku]) })
    await raw`update skus set quantity = 9 where sku = ${sku}`.execute(db)
    await product.learn({ productId: other, level: { sku: otherSku, available: 9, version: 100 } })
    expect((await drift()).drift.product_stock).toBe(0)
  })
  test('is shown to administrators, for a window that ends after it begins', async () => {
    expect((await ask('GET', '/drift')).body.drift.stock_movements).toBe(0)
    expect((await ask('GET', '/drift?from=0000-01-01T00:00:00Z')).status).toBe(200)
    expect((await ask('GET', '/drift?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z')).body.code).toBe('invalid_window')
    expect((await ask('GET', '/drift?from=yesterday')).status).toBe(400)
    expect((await ask('GET', '/drift', undefined, {})).status).toBe(401)
    expect((await ask('GET', '/drift', undefined, await watcher.as(5))).status).toBe(403)
  })
})

describe('a message that cannot be handled', () => {
  const queue = 'inventory.order-events'
  /** A return of more pieces than a SKU can have, which inventory refuses until its stock is lowered. */
  const deadLetter = async (returnId: number) => {
    const { id, sku } = await product.add({ stock: 0 })
    await eventually(async () => (await available(id)) === 0)
    await inventory.put(id, 2 ** 31 - 1)
    const lines = [{ product_id: id, sku, quantity: 1 }]
    const [message] = outgoing(
      catalog.orderReturnReceived({ id: returnId, version: 9 }, { order_id: returnId, return_id: returnId, lines, refund_amount: 1 }),
    )
    await discoveryBus.publish(message ? [message] : [])
    await eventually(async () => (await ask('GET', `/dead-letters/${queue}/${message?.messageId}`)).status === 200)
    return { id, sku, letter: message?.messageId ?? '' }
  }

  test('is listed with its reason and age, shown whole, and handled after a replay', async () => {
    const { id, letter } = await deadLetter(801)
    const { body } = await ask('GET', `/dead-letters?queue=${queue}`)
    expect(body.queues).toMatchObject([
      {
        queue,
        count: 1,
        items: [
          { id: letter, queue, type: 'order.return_received', reason: expect.stringContaining('A SKU can have at most'), attempts: 4 },
        ],
      },
    ])
    expect(body.queues[0].items[0].age_seconds).toBeLessThan(60)
    const { body: whole } = await ask('GET', `/dead-letters/${queue}/${letter}`)
    expect(whole).toMatchObject({ id: letter, exchange: expect.stringContaining('order-events'), routing_key: 'order.return_received' })
    expect(JSON.parse(whole.body).data.return_id).toBe(801)

    await inventory.put(id, 1)
    expect(await ask('POST', `/dead-letters/${queue}/${letter}/replay`)).toMatchObject({ status: 200, body: { replayed: true } })
    await eventually(async () => (await available(id)) === 2)
    expect((await ask('GET', '/dead-letters')).body.queues).toEqual([])
  })
  test('can be deleted', async () => {
    const { letter } = await deadLetter(802)
    expect((await ask('DELETE', `/dead-letters/${queue}/${letter}`)).status).toBe(204)
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/replay'],
      ['DELETE', ''],
    ] as const)
      expect([method, (await ask(method, `/dead-letters/${queue}/${letter}${path}`)).body.code]).toEqual([method, 'dead_letter_not_found'])
    expect((await ask('GET', '/dead-letters')).body.queues).toEqual([])
  })
  test('is handled when its whole queue is replayed, and goes when its whole queue is emptied', async () => {
    const { id } = await deadLetter(803)
    await inventory.put(id, 1)
    expect(await ask('POST', `/dead-letters/${queue}/replay`)).toMatchObject({ status: 200, body: { replayed: 1, left: 0 } })
    await eventually(async () => (await available(id)) === 2)
    await deadLetter(804)
    expect(await ask('DELETE', `/dead-letters/${queue}?limit=5`)).toMatchObject({ status: 200, body: { removed: 1, left: 0 } })
    for (const [method, path] of [
      ['POST', 'no.such-queue/replay'],
      ['DELETE', 'no.such-queue'],
    ] as const) {
      expect((await ask(method, `/dead-letters/${path}`)).body.code).toBe('queue_not_found')
      expect((await ask(method, `/dead-letters/${path}?limit=1001`)).body.code).toBe('invalid_input')
      expect((await ask(method, `/dead-letters/${path}`, undefined, await watcher.as(5))).status).toBe(403)
    }
  })
  test('is shown to administrators only', async () => {
    const customer = await watcher.as(5)
    for (const [method, path] of [
      ['GET', ''],
      ['GET', `/${queue}/x`],
      ['POST', `/${queue}/x/replay`],
      ['DELETE', `/${queue}/x`],
    ] as const) {
      expect((await ask(method, `/dead-letters${path}`, undefined, {})).status).toBe(401)
      expect((await ask(method, `/dead-letters${path}`, undefined, customer)).status).toBe(403)
      if (path) expect((await ask(method, `/dead-letters${path}`)).body.code).toBe('dead_letter_not_found')
      if (path) expect((await ask(method, `/dead-letters${path.replace(queue, 'no.such-queue')}`)).status).toBe(404)
    }
    expect((await ask('GET', '/dead-letters?queue=%00')).status).toBe(400)
    expect((await ask('GET', '/dead-letters?queue=no.such-queue')).body.queues).toEqual([])
  })
})
