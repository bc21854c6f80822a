import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type as t } from '@sinclair/typebox'
import { connect } from 'amqplib'
import { startRabbitmq } from '../../scripts/servers/rabbitmq'
import type { Server } from '../../scripts/servers/server'
import type { Bus } from '../bus'
import { defineEvent, defineTimer, on } from '../event'
import { eventually, outgoing, testBus, testSql } from '../testing'

const paid = defineEvent('order.paid', { from: 'order', to: ['inventory'], aggregate: 'order', data: t.Object({ n: t.Integer() }) })
const overdue = defineTimer('order.overdue', {
  owner: 'order',
  aggregate: 'order',
  terms: ['standard'],
  data: t.Object({ n: t.Integer() }),
})
const events = [paid, overdue]
const timer = (n: number, at: number) => outgoing(overdue({ id: n, version: 1 }, { n }, { at: new Date(at), term: 'standard' }))
const payments = (...numbers: number[]) => outgoing(...numbers.map(n => paid({ id: n, version: 1 }, { n })))

const dir = mkdtempSync(join(tmpdir(), 'bus-restart-'))
const port = Number(process.env.TEST_PRIVATE_PORT ?? 26672)
let server: Server
let broker: Awaited<ReturnType<typeof testBus>>
let order: Bus
let inventory: Bus
const received: number[] = []
const remember = async (n: number) => void received.push(n)
let handle = remember
const due: { n: number; at: number }[] = []

beforeAll(async () => {
  server = await startRabbitmq({ dir, port })
  broker = await testBus(events, { url: server.url })
  order = await broker.open('order')
  await order.consume([on(overdue, async ({ data: { n } }) => due.push({ n, at: Date.now() }))])
  inventory = await broker.open('inventory')
  await inventory.consume([on(paid, ({ data: { n } }) => handle(n))])
})

afterAll(async () => {
  await Promise.all([order?.close(), inventory?.close()])
  await server?.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('after a restart of the broker publishers and consumers continue, and neither messages nor delays are lost', async () => {
  const { sql, drop } = await testSql({ relay: { bus: order, pollMs: 100 } })
  const dueAt = Date.now() + 3000
  expect(await order.publish([...payments(1), ...timer(1, dueAt), ...timer(2, Date.now() + 20_000)])).toEqual([
    'confirmed',
    'confirmed',
    'confirmed',
  ])
  await eventually(() => received.includes(1))

  await server.stop()
  await eventually(() =>
    order.ping().then(
      () => false,
      () => true,
    ),
  )
  expect(await order.publish(payments(2))).toEqual(['failed'])
  await sql.transaction(async (_trx, publish) => publish(paid({ id: 3, version: 1 }, { n: 3 })))
  expect((await sql.backlog()).count).toBe(1)

  server = await startRabbitmq({ dir, port })
  await eventually(() => received.includes(3))
  await eventually(async () => (await order.publish(payments(4)))[0] === 'confirmed')
  await eventually(() => received.includes(4))
  await eventually(() => due.length > 0)
  expect(due[0]!.n).toBe(1)
  expect(due[0]!.at).toBeGreaterThanOrEqual(dueAt - 10)
  await drop()
})

test('a message under way when the broker is killed is delivered again, and its failure meanwhile loses nothing', async () => {
  const attempts: number[] = []
  const release = Promise.withResolvers<void>()
  handle = async n => {
    // An earlier message may come again as well: its acknowledgement may have been lost with the broker.
    if (n !== 6) return
    attempts.push(n)
    if (attempts.length > 1) return
    await release.promise
    throw new Error('failed while the broker was down')
  }
  await order.publish(payments(6))
  await eventually(() => attempts.length === 1)
  await server.kill()
  release.resolve()
  server = await startRabbitmq({ dir, port })
  await eventually(() => attempts.length >= 2)
  handle = remember
})

// Must run last: RabbitMQ 3.10 cannot start a quorum queue again that was deleted and declared anew just before a crash.
test('a queue that was deleted is declared anew and consumed again', async () => {
  // Every connection is open again before: RabbitMQ 3.10 may not cancel a consumer whose queue is declared anew while it is being deleted.
  await eventually(() => Promise.all([order.ping(), inventory.ping()]))
  await order.publish(timer(7, Date.now()))
  await eventually(() => due.some(({ n }) => n === 7))
  const model = await connect(server.url)
  const channel = await model.createChannel()
  await channel.deleteQueue(`${broker.prefix}inventory.order-events`)
  await model.close()
  await eventually(async () => {
    await order.publish(payments(5))
    return received.includes(5)
  })
})
