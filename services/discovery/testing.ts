import { Type as t } from '@sinclair/typebox'
import { defineEvent, defineTimer } from '#shared/event'
import { createMetrics, type Metrics } from '#shared/metrics'
import { openRedis } from '#shared/redis'
import { startRegistration } from '#shared/registry'
import { outgoing, sender, testBus, testClients, testHttp } from '#shared/testing'
import { discoveryApp } from './app'
import { discoveryClients } from './clients'
import { type ControlRoom, compose, composeControlRoom } from './compose'
import { sampling } from './metric-samples'

export const paid = defineEvent('order.paid', {
  from: 'order',
  to: ['inventory', 'tax'],
  aggregate: 'order',
  data: t.Object({ order_id: t.Integer(), status: t.Optional(t.String()), note: t.Optional(t.String()) }),
})
export const overdue = defineTimer('order.overdue', {
  owner: 'order',
  aggregate: 'order',
  terms: ['standard'],
  data: t.Object({ order_id: t.Integer() }),
})

const log = { info() {}, warn() {}, error() {} }

/** The control room over a real Redis and a real broker. The registry's keys have no prefix, so each test file has a `database` of its own. */
export const testRoom = async (database: number) => {
  const url = Object.assign(new URL(process.env.TEST_REDIS_URL ?? ''), { pathname: `/${database}` }).href
  const redis = await openRedis({ url, prefix: 'discovery', log })
  const { http, as, failures } = await testHttp('discovery')
  const broker = await testBus([paid, overdue], { retryDelaysMs: [] })
  // The service whose events they are declares their queues.
  const [bus] = await Promise.all([broker.open('discovery'), broker.open('order')])
  const admin = await as(1, 'admin')
  const answers: Record<string, Record<string, unknown> | undefined> = {}
  const stopping: (() => unknown)[] = []
  let now = new Date()
  const play = (service: string) => ({
    fetch(request: Request) {
      const answer = answers[`${service} ${new URL(request.url).pathname}`]
      return answer ? Response.json(answer) : Response.json({ code: 'unavailable' }, { status: 503 })
    },
  })
  const siblings = testClients({ payment: play('payment'), inventory: play('inventory'), promotion: play('promotion'), tax: play('tax') })
  await redis.client.flushdb()

  return {
    redis,
    broker,
    bus,
    as,
    admin,
    /** What other services answer, by `service path`; the others are down. */
    answers,
    now: () => now,

    /** One instance of discovery. */
    async instance() {
      const metrics = createMetrics('discovery')
      const ports = { redis, clients: discoveryClients(siblings.client), metrics, log, clock: () => now }
      const discovery = compose(ports)
      const room = composeControlRoom({ ...ports, ...discovery, bus, pollMs: 10, lingerMs: 50 })
      stopping.push(room.live.close, metrics.close)
      const app = discoveryApp({ http, ...discovery, ...room, deadLetters: bus.deadLetters })
      return { room, app, send: sender(app, { under: '/api/discovery', by: admin }) }
    },

    /** A registered instance of a service, with the metrics that every service has. */
    async startService(service: 'order' | 'tax') {
      const metrics = createMetrics(service)
      let reads = 0
      const server = Bun.serve({
        port: 0,
        hostname: '127.0.0.1',
        async fetch(request) {
          if (!request.url.endsWith('/metrics')) return Response.json({ dependencies: { redis: 'up' } })
          reads++
          return new Response(await metrics.text())
        },
      })
      const address = { host: '127.0.0.1', port: server.port ?? 0 }
      const registration = await startRegistration({ redis, service, address, version: '1.2.3', log })
      const kill = () => server.stop(true)
      stopping.push(registration.stop, kill, metrics.close)
      return { metrics, kill, id: registration.id, reads: () => reads }
    },

    /** Lets time pass for the samples: by their own clock, and by the mark of when the last one was taken. */
    async later(ms: number) {
      now = new Date(now.getTime() + ms)
      await redis.client.set('discovery:sampled', Date.now() - ms)
    },
    async sampleTwice(room: Pick<ControlRoom, 'sampleMetrics'>, between: () => void) {
      await room.sampleMetrics()
      between()
      await this.later(sampling.unwatchedMs)
      await room.sampleMetrics()
    },
    pay: (order: number) =>
      bus.publish(outgoing(paid({ id: order, version: 1 }, { order_id: order, status: 'paid', note: '5 Side Street' }))),

    /** Stops what the last test started. */
    async reset() {
      for (const stop of stopping.splice(0)) await stop()
      for (const path of Object.keys(answers)) delete answers[path]
      now = new Date()
      await redis.client.flushdb()
    },
    async drop() {
      await siblings.stop()
      await redis.client.flushdb()
      await redis.close()
      await broker.drop()
      return failures
    },
  }
}
export type TestRoom = Awaited<ReturnType<typeof testRoom>>

export const ask = (metrics: Metrics, requests: number, status = 200) => {
  for (let n = 0; n < requests; n++) metrics.request({ method: 'GET', route: '/api/orders', status, seconds: 0.02 })
}
