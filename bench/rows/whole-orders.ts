import { join } from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import { brokerCounters } from '../../scripts/servers/rabbitmq'
import { until } from '../../scripts/until'
import { ms, percentile, type Row, within } from '../measure'
import { bearer, difference, json, type Numbers, orderOf, post, processorTimes, type Shop, stockedProducts } from '../shop'
import type { Rows } from './rows'

const orders = 2400
/** So many are bought first: until then a good part of the processor time compiles the services' code. */
const warmUp = 2000
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

const statements = { Questions: 'statements', Com_commit: 'commits', Com_select: 'selects', Com_insert: 'inserts' } as const

/** What MySQL and RabbitMQ have counted so far. */
const serverCounters = async ({ dir, servers }: Shop, connection: Connection): Promise<Numbers> => {
  const [rows] = await connection.query('show global status where variable_name in (?)', [Object.keys(statements)])
  const mysql = (rows as { Variable_name: keyof typeof statements; Value: string }[]).map(({ Variable_name, Value }) => [
    statements[Variable_name],
    Number(Value),
  ])
  return {
    ...Object.fromEntries(mysql),
    ...(await brokerCounters({ dir: join(dir, 'rabbitmq'), port: Number(new URL(servers.rabbitmq).port) })),
  }
}

const each = (numbers: Numbers, digits: number) =>
  Object.entries(numbers)
    .map(([key, value]): [string, number] => [key, value / orders])
    .toSorted(([, a], [, b]) => b - a)
    .map(([key, value]) => `${key} ${value.toFixed(digits)}`)
    .join(', ')

/** Orders, placed and paid through the gateway until they can be sent and all is quiet: rate, processor time by process, and what the servers counted. */
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
    /** How long each order took, from its placing to the answer of its payment. */
    const buy = async (count: number, lanes: number) => {
      const before = await fulfilling()
      const times: number[] = []
      let left = count
      const lane = async () => {
        while (left-- > 0) {
          const began = performance.now()
          await pay(shop, token, await post(`${shop.gateway}/api/orders`, orderOf(product), bearer(token)))
          times.push(performance.now() - began)
        }
      }
      await Promise.all(Array.from({ length: lanes }, lane))
      await until('the last order to be ready for its parcel', async () => (await fulfilling()) - before >= count)
      return times
    }
    const measured = async (lanes: number) => {
      await Bun.sleep(quietMs)
      const idleBefore = processorTimes(shop)
      await Bun.sleep(quietMs)
      const idle = difference(processorTimes(shop), idleBefore)
      const counted = await serverCounters(shop, connection)
      const [used, began] = [processorTimes(shop), performance.now()]
      const times = await buy(orders, lanes)
      const seconds = (performance.now() - began) / 1000
      // What follows an order, such as a mail, belongs to its cost.
      await Bun.sleep(quietMs)
      const usedAfter = processorTimes(shop)
      const elapsedMs = performance.now() - began
      const spent = Object.entries(difference(usedAfter, used)).map(([name, ms]) => [name, ms - ((idle[name] ?? 0) / quietMs) * elapsedMs])
      return {
        lanes,
        rate: orders / seconds,
        times,
        spent: Object.fromEntries(spent) as Numbers,
        counts: each(difference(await serverCounters(shop, connection), counted), 1),
      }
    }

    await buy(warmUp, 64)
    const few = await measured(8)
    const many = await measured(64)
    await connection.end()
    for (const { lanes, rate, times, spent, counts, goal } of [
      { ...few, goal: 120 },
      { ...many, goal: 1.5 * few.rate },
    ]) {
      const what = `a whole order, placed and paid, ${lanes} lanes`
      const costs = `an order is answered after ${ms(percentile(times, 0.5))} (p99 ${ms(percentile(times, 0.99))}); the servers counted an order: ${counts}; milliseconds of processor time an order: ${each(spent, 1)}`
      yield {
        ...{ what, ours: `${rate.toFixed(0)}/s`, limit: '–', result: `${rate.toFixed(0)}/s`, goal: `≥ ${goal.toFixed(0)}/s` },
        ...{ met: rate >= goal, costs },
      }
      const total = Object.values(spent).reduce((sum, value) => sum + value, 0) / orders
      yield within(15, {
        what: `processor time of a whole order, over everything, ${lanes} lanes`,
        ours: total,
        costs: `in milliseconds: ${each(spent, 1)}`,
      })
    }
  },
}
