import { connect } from 'amqplib'
import { createConnection } from 'mysql2/promise'
import { orderStatusUpdated } from '#shared/catalog'
import type { Message } from '#shared/event'
import { until } from '../../scripts/until'
import { startBare } from '../bare/process'
import { load, rate } from '../load'
import { atLeast, pair, percentile, within } from '../measure'
import { bearer, json, orderOf, post, processorTimes, type Shop, spentSince, stockedProducts } from '../shop'
import type { Rows } from './rows'

export const orderServices = ['order', 'promotion', 'tax', 'shipping'] as const

/** Counts the orders, and waits until stock is reserved or refused for all of them. */
export const orderBook = async ({ servers }: Pick<Shop, 'servers'>) => {
  const connection = await createConnection(servers.mysql)
  const countOf = async (where: string) => {
    const [rows] = await connection.query(`select count(*) as n from shop_order.orders where ${where}`)
    return Number((rows as { n: number }[])[0]?.n)
  }
  return {
    count: () => countOf('true'),
    settled: () => until('the reservation of all stock', async () => (await countOf("status = 'pending'")) === 0),
    close: () => connection.end(),
  }
}

export const placing = (productIds: readonly string[], token: string) => ({
  method: 'POST',
  headers: json(token),
  bodies: productIds.map(id => JSON.stringify(orderOf(id))),
})

/** Milliseconds from each order's answer to the event that it awaits payment. */
const waits = async ({ gateway, servers }: Shop, productIds: readonly string[], token: string, { times = 500, perSecond = 50 } = {}) => {
  const model = await connect(servers.rabbitmq)
  const channel = await model.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(queue, orderStatusUpdated.exchange, orderStatusUpdated.type)
  const awaiting = new Map<number, number>()
  await channel.consume(
    queue,
    raw => {
      const { data }: Message<{ order_id: number; status: string }> = JSON.parse(String(raw?.content))
      if (data.status === 'awaiting_payment') awaiting.set(data.order_id, performance.now())
    },
    { noAck: true },
  )
  const accepted = new Map<number, number>()
  const began = performance.now()
  const place = async (n: number) => {
    await Bun.sleep(Math.max(0, began + (n * 1000) / perSecond - performance.now()))
    const { id } = await post<{ id: number }>(`${gateway}/api/orders`, orderOf(productIds[n % productIds.length]!), bearer(token))
    accepted.set(id, performance.now())
  }
  await Promise.all(Array.from({ length: times }, (_, n) => place(n)))
  await until('the reservation of all stock', () => [...accepted.keys()].every(id => awaiting.has(id)))
  await model.close()
  return [...accepted].map(([id, at]) => Math.max(0, (awaiting.get(id) ?? Number.NaN) - at))
}

export const orders: Rows = {
  needs: orderServices,
  async *measure(shop) {
    const { gateway, servers } = shop
    const token = await shop.customer()
    const products = await stockedProducts(shop, await shop.admin())
    const book = await orderBook(shop)
    const bare = await startBare('order', { MYSQL_URL: servers.mysql })
    try {
      let spent = ''
      // Orders per second, until stock is reserved for the last of them.
      const placed = async () => {
        const [used, before, began] = [processorTimes(shop), await book.count(), performance.now()]
        await load(`${gateway}/api/orders`, placing(products, token))
        await book.settled()
        const count = (await book.count()) - before
        spent = spentSince(shop, used, count)
        return count / ((performance.now() - began) / 1000)
      }
      const rates = await pair(placed, () => rate(bare.url, placing(products, token)))
      yield atLeast(0.1, {
        what: 'placing an order, until its stock is reserved',
        against: 'a bare Elysia route with one transaction of three inserts',
        costs: `for an order, ${spent}`,
        ...rates,
      })
      await waits(shop, products, token, { times: 100 })
      const before = processorTimes(shop)
      const took = await waits(shop, products, token)
      const what = 'order accepted → awaiting_payment, 50 orders/s'
      const costs = `for an order, ${spentSince(shop, before, took.length)}`
      yield within(25, { what: `${what}, p50`, ours: percentile(took, 0.5), costs })
      yield within(150, { what: `${what}, p99`, ours: percentile(took, 0.99), costs })
    } finally {
      await Promise.all([bare.stop(), book.close()])
    }
  },
}
