import { describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { startGateway } from '../../scripts/gateway'
import { type Answer, openGateway, problem, startService } from './fixture'

const idempotent = ['GET', 'HEAD', 'PUT', 'DELETE']
const ok: Answer = () => new Response('ok')

/** Two instances of the order service behind a gateway of their own. */
const pair = async (first: Answer = ok, second: Answer = ok) => {
  const instances = [startService('order', first), startService('order', second)] as const
  const door = await openGateway({ order: instances.map(({ address }) => address) })
  const close = () => Promise.all([door.close(), ...instances.map(({ die }) => die())])
  return { door, a: instances[0], b: instances[1], [Symbol.asyncDispose]: async () => void (await close()) }
}

describe('several instances', () => {
  test('share the requests', async () => {
    await using two = await pair()
    const { door, a, b } = two
    await Promise.all(Array.from({ length: 40 }, () => door.fetch('/api/orders')))
    expect(Math.min(a.seen.length, b.seen.length)).toBeGreaterThanOrEqual(15)
  })

  test('one that is gone is skipped without the client noticing, POST included: refused is not yet sent', async () => {
    await using two = await pair()
    const { door, a } = two
    await a.die()
    for (const method of [...idempotent, 'POST', 'PATCH'])
      for (let i = 0; i < 6; i++) expect(`${method} ${(await door.fetch('/api/orders', { method })).status}`).toBe(`${method} 200`)
  })

  test('one killed while requests run fails none that may be repeated', async () => {
    const slow: Answer = () => Bun.sleep(20).then(() => new Response('ok'))
    await using two = await pair(slow, slow)
    const { door, a, b } = two
    const statuses: number[] = []
    const clients = Array.from({ length: 16 }, async (_, i) => {
      for (let n = 0; n < 15; n++) statuses.push((await door.fetch('/api/orders', { method: idempotent[(i + n) % 4]! })).status)
    })
    await eventually(() => a.seen.length > 20)
    await a.die()
    await Promise.all(clients)
    expect(statuses).toEqual(Array.from({ length: 240 }, () => 200))
    expect(b.seen.length).toBeGreaterThan(120)
  })

  test('a POST that was cut off half-way is answered 502 and sent nowhere else', async () => {
    const forever: Answer = () => new Promise<Response>(() => {})
    await using two = await pair(forever, forever)
    const { door, a, b } = two
    const post = door.fetch('/api/orders', { method: 'POST', body: '{}' })
    await eventually(() => a.seen.length + b.seen.length === 1)
    await (a.seen.length > 0 ? a : b).die()
    expect(await problem(await post)).toMatchObject({ status: 502, code: 'bad_gateway' })
    expect(a.seen.length + b.seen.length).toBe(1)
  })
})

describe('a service without a live instance', () => {
  const notAvailable = async (response: Response) => {
    expect(response.headers.get('retry-after')).toBe('2')
    expect(await problem(response)).toMatchObject({ status: 503, code: 'service_unavailable', sameId: true })
  }

  test('answers 503 and when to come back, whether it never came or all of it died', async () => {
    await using two = await pair()
    const { door, a, b } = two
    for (const method of ['GET', 'POST']) await notAvailable(await door.fetch('/api/cart', { method }))
    await Promise.all([a.die(), b.die()])
    for (const method of ['GET', 'POST', 'GET', 'POST']) await notAvailable(await door.fetch('/api/orders', { method }))
  })

  test('is served again as soon as one is back at its old address', async () => {
    await using two = await pair()
    const { door, a, b } = two
    await Promise.all([a.die(), b.die()])
    await notAvailable(await door.fetch('/api/orders'))
    const again = startService('order', ok, a.port)
    await eventually(async () => (await door.fetch('/api/orders')).status === 200)
    await again.die()
  })
})

describe('a reload', () => {
  test('brings the new addresses into force, for every request after it', async () => {
    await using two = await pair()
    const { door, a, b } = two
    const cart = startService('cart')
    await door.gateway.reload({ order: [b.address], cart: [cart.address] })
    const before = a.seen.length
    await Promise.all(Array.from({ length: 30 }, () => door.fetch('/api/orders', { keepalive: false })))
    expect([a.seen.length - before, (await door.fetch('/api/cart', { keepalive: false })).status]).toEqual([0, 200])
    await cart.die()
  })

  test('fails no request, however many follow each other', async () => {
    await using two = await pair()
    const { door, a, b } = two
    let done = false
    const statuses = new Set<number>()
    const clients = Array.from({ length: 8 }, async () => {
      while (!done) statuses.add((await door.fetch('/api/orders')).status)
    })
    for (const order of [[a.address], [b.address], [a.address, b.address]]) await door.gateway.reload({ order })
    done = true
    await Promise.all(clients)
    expect([...statuses]).toEqual([200])
  })
})

describe('a gateway that is killed', () => {
  test('leaves no worker: its folder and port serve the next', async () => {
    await using first = await openGateway({})
    await first.gateway.kill()
    await expect(first.fetch('/health')).rejects.toThrow()
    const second = await startGateway({ dir: first.dir, port: first.port, upstreams: {} })
    expect((await first.fetch('/health')).status).toBe(200)
    await second.stop()
    expect(await second.exited).toBe(0)
  })

  test('is noticed when only its master is, and its workers go after it', async () => {
    await using door = await openGateway({})
    process.kill(door.gateway.pid, 'SIGKILL')
    await door.gateway.exited
    await eventually(() =>
      door.fetch('/health').then(
        () => false,
        () => true,
      ),
    )
  })

  test('does not take a port that is another’s', async () => {
    await using door = await openGateway({})
    await expect(startGateway({ dir: `${door.dir}/other`, port: door.port, upstreams: {} })).rejects.toThrow(`port ${door.port} is in use`)
  })
})
