import { createConnection } from 'mysql2/promise'
import { processorMs, withChildren } from '../../scripts/processes'
import { until } from '../../scripts/until'
import { type Row, within } from '../measure'
import { bearer, json, orderOf, post, type Shop, stockedProducts } from '../shop'
import type { Rows } from './rows'

const orders = 400
const lanes = 8
const quietMs = 3000
const needs = ['order', 'payment', 'inventory', 'shipping', 'promotion', 'tax'] as const

/** Pays; an order whose stock is not reserved yet is asked for again. */
const pay = async ({ gateway }: Shop, token: string, order: { id: number; total_amount: number }) => {
  for (;;) {
    const body = JSON.stringify({ order_id: order.id, amount: order.total_amount, payment_method: 'credit_card' })
    const { ok, status, headers } = await fetch(`${gateway}/api/payments`, { method: 'POST', headers: json(token), body })
    if (ok) return
    if (status !== 409 || !headers.has('retry-after')) throw new Error(`a payment was answered with ${status}`)
    await Bun.sleep(100)
  }
}

/** The processor time of each process and of all that it started. A server may have a second process of its name, as RabbitMQ has. */
const usage = (shop: Shop) => {
  const pids = Map.groupBy(shop.members(), ({ name }) => name)
  return new Map([...pids].map(([name, members]) => [name, processorMs(withChildren(members.map(({ pid }) => pid)))]))
}

/** Orders, placed and paid through the gateway until they can be sent and all is quiet: rate, and processor time by process. */
export const wholeOrders: Rows = {
  needs,
  async *measure(shop): AsyncGenerator<Row> {
    const token = await shop.customer()
    const [product = ''] = await stockedProducts(shop, await shop.admin(), 1)
    const connection = await createConnection(shop.servers.mysql)
    const fulfilling = async () => {
      const [rows] = await connection.query("select count(*) as n from shop_order.orders where status = 'fulfilling'")
      return Number((rows as { n: number }[])[0]?.n)
    }
    const buy = async (count: number) => {
      const before = await fulfilling()
      let left = count
      const lane = async () => {
        while (left-- > 0) await pay(shop, token, await post(`${shop.gateway}/api/orders`, orderOf(product), bearer(token)))
      }
      await Promise.all(Array.from({ length: lanes }, lane))
      await until('the last order to be ready for its parcel', async () => (await fulfilling()) - before >= count)
    }
    await buy(100)
    await Bun.sleep(quietMs)

    const idleBefore = usage(shop)
    await Bun.sleep(quietMs)
    const [before, began] = [usage(shop), performance.now()]
    await buy(orders)
    const seconds = (performance.now() - began) / 1000
    // What follows an order, such as a mail, belongs to its cost.
    await Bun.sleep(quietMs)
    const after = usage(shop)
    const elapsedMs = performance.now() - began
    const each = [...after].map(([name, ms]) => {
      const idle = (((before.get(name) ?? 0) - (idleBefore.get(name) ?? 0)) / quietMs) * elapsedMs
      return { name, ms: (ms - (before.get(name) ?? 0) - idle) / orders }
    })
    await connection.end()
    const costs = each
      .toSorted((a, b) => b.ms - a.ms)
      .map(({ name, ms }) => `${name} ${ms.toFixed(1)}`)
      .join(', ')
    const rate = orders / seconds
    const what = `a whole order, placed and paid, ${lanes} lanes`
    yield {
      ...{ what, ours: `${rate.toFixed(0)}/s`, limit: '–', result: `${rate.toFixed(0)}/s`, goal: '≥ 120/s', met: rate >= 120 },
      costs: `milliseconds of processor time an order: ${costs}`,
    }
    const total = each.reduce((sum, { ms }) => sum + ms, 0)
    yield within(15, { what: 'processor time of a whole order, over everything', ours: total, costs: `in milliseconds: ${costs}` })
  },
}
