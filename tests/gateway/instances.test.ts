import { describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { startGateway } from '../../scripts/gateway'
import { openGateway, problem, type Respond, startService } from './fixture'

const idempotent = ['GET', 'HEAD', 'PUT', 'DELETE']
const ok: Respond = () => new Response('ok')

/** Two instances of the order service behind their own gateway. */
const pair = async (first: Respond = ok, second: Respond = ok) => {
  const instances = [startService('order', first), startService('order', second)] as const
  const gateway = await openGateway({ order: instances.map(({ address }) => address) })
  const close = () => Promise.all([gateway.close(), ...instances.map(({ stop }) => stop())])
  return { gateway, a: instances[0], b: instances[1], [Symbol.asyncDispose]: async () => void (await close()) }
}

describe('several instances', () => {
  test('share the requests', async () => {
    await using two = await pair()
    const { gateway, a, b } = two
    await Promise.all(Array.from({ length: 40 }, () => gateway.fetch('/api/orders')))
    expect(Math.min(a.seen.length, b.seen.length)).toBeGreaterThanOrEqual(15)
  })

  test('one that is gone is skipped without the client noticing; POST too, since a refused connection carried nothing', async () => {
    await using two = await pair()
    const { gateway, a } = two
    await a.stop()
    for (const method of [...idempotent, 'POST', 'PATCH'])
      for (let i = 0; i < 6; i++) expect(`${method} ${(await gateway.fetch('/api/orders', { method })).status}`).toBe(`${method} 200`)
  })

  test('one that dies during requests fails none that may be repeated', async () => {
    const slow: Respond = () => Bun.sleep(20).then(() => new Response('ok'))
    await using two = await pair(slow, slow)
    const { gateway, a, b } = two
    const statuses: number[] = []
    const clients = Array.from({ length: 16 }, async (_, i) => {
      for (let n = 0; n < 15; n++) statuses.push((await gateway.fetch('/api/orders', { method: idempotent[(i + n) % 4]! })).status)
    })
    await eventually(() => a.seen.length > 20)
    await a.stop()
    await Promise.all(clients)
    expect(statuses).toEqual(Array.from({ length: 240 }, () => 200))
    expect(b.seen.length).toBeGreaterThan(120)
  })

  test('a POST whose instance dies gets 502 and is not repeated', async () => {
    const forever: Respond = () => new Promise<Response>(() => {})
    await using two = await pair(forever, forever)
    const { gateway, a, b } = two
    const post = gateway.fetch('/api/orders', { method: 'POST', body: '{}' })
    await eventually(() => a.seen.length + b.seen.length === 1)
    await (a.seen.length > 0 ? a : b).stop()
    expect(await problem(await post)).toMatchObject({ status: 502, code: 'bad_gateway' })
    expect(a.seen.length + b.seen.length).toBe(1)
  })
})

describe('a service without a live instance', () => {
  const notAvailable = async (response: Response) => {
    expect(response.headers.get('retry-after')).toBe('2')
    expect(await problem(response)).toMatchObject({ status: 503, code: 'service_unavailable', sameId: true })
  }

  test('gets 503 with Retry-After, whether it never started or all its instances died', async () => {
    await using two = await pair()
    const { gateway, a, b } = two
    for (const method of ['GET', 'POST']) await notAvailable(await gateway.fetch('/api/cart', { method }))
    await Promise.all([a.stop(), b.stop()])
    for (const method of ['GET', 'POST', 'GET', 'POST']) await notAvailable(await gateway.fetch('/api/orders', { method }))
  })

  test('is served again once an instance is back at its old address', async () => {
    await using two = await pair()
    const { gateway, a, b } = two
    await Promise.all([a.stop(), b.stop()])
    await notAvailable(await gateway.fetch('/api/orders'))
    const again = startService('order', ok, a.port)
    await eventually(async () => (await gateway.fetch('/api/orders')).status === 200)
    await again.stop()
  })
})

describe('a reload', () => {
  test('applies the new addresses to every later request', async () => {
    await using two = await pair()
    const { gateway, a, b } = two
    const cart = startService('cart')
    await gateway.process.reload({ order: [b.address], cart: [cart.address] })
    const before = a.seen.length
    await Promise.all(Array.from({ length: 30 }, () => gateway.fetch('/api/orders', { keepalive: false })))
    expect([a.seen.length - before, (await gateway.fetch('/api/cart', { keepalive: false })).status]).toEqual([0, 200])
    await cart.stop()
  })

  test('fails no request, also when several follow each other', async () => {
    await using two = await pair()
    const { gateway, a, b } = two
    let done = false
    const statuses = new Set<number>()
    const clients = Array.from({ length: 8 }, async () => {
      while (!done) statuses.add((await gateway.fetch('/api/orders')).status)
    })
    for (const order of [[a.address], [b.address], [a.address, b.address]]) await gateway.process.reload({ order })
    done = true
    await Promise.all(clients)
    expect([...statuses]).toEqual([200])
  })
})

describe('the gateway’s process', () => {
  test('leaves no worker when it is killed: the next one can use its folder and port', async () => {
    await using first = await openGateway({})
    await first.process.kill()
    await expect(first.fetch('/health')).rejects.toThrow()
    const second = await startGateway({ dir: first.dir, port: first.port, upstreams: {} })
    expect((await first.fetch('/health')).status).toBe(200)
    await second.stop()
    expect(await second.exited).toBe(0)
  })

  test('takes its workers with it when only the master process dies', async () => {
    await using gateway = await openGateway({})
    process.kill(gateway.process.pid, 'SIGKILL')
    await gateway.process.exited
    await eventually(() =>
      gateway.fetch('/health').then(
        () => false,
        () => true,
      ),
    )
  })

  test('does not start on a port that is in use', async () => {
    await using gateway = await openGateway({})
    await expect(startGateway({ dir: `${gateway.dir}/other`, port: gateway.port, upstreams: {} })).rejects.toThrow(
      `port ${gateway.port} is in use`,
    )
  })
})
