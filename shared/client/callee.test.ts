import { afterEach, describe, expect, onTestFinished, test } from 'bun:test'
import { unwrap } from '../client'
import type { ServiceName } from '../platform'
import type { Resolver } from '../registry'
import { eventually } from '../testing'
import { absentPort, clientOf, errorOf, instanceAt, problem, resolverOf, startCallee, stopCallees } from '../testing/callee'
import { createCallee } from './callee'

afterEach(stopCallees)

describe('repetition', () => {
  const failing = () => problem(503, 'dependency_unavailable')
  const hits = async (ask: (client: ReturnType<typeof clientOf>) => Promise<unknown>) => {
    const product = startCallee()
    product.behave(failing)
    expect((await errorOf(ask(clientOf(resolverOf(product.port))))).kind).toBe('unavailable')
    return product.seen.length
  }

  test('makes a call three times when it is safe to repeat', async () => {
    expect(await hits(client => unwrap(client.api.products({ id: '7' }).get()))).toBe(3)
    expect(await hits(client => unwrap(client.api.products({ id: '7' }).put()))).toBe(3)
    expect(await hits(client => unwrap(client.api.products({ id: '7' }).delete()))).toBe(3)
    expect(await hits(client => unwrap(client.api.products.post({ name: 'x' }, { headers: { 'idempotency-key': 'k' } })))).toBe(3)
  })

  test('makes a POST once, whether it is refused or cut off', async () => {
    expect(await hits(client => unwrap(client.api.products.post({ name: 'x' }, { headers: {} })))).toBe(1)
    let cut = 0
    const server = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        data: socket => {
          cut++
          socket.end()
        },
      },
    })
    onTestFinished(() => void server.stop(true))
    const client = clientOf(resolverOf(server.port))
    expect((await errorOf(unwrap(client.api.products.post({ name: 'x' }, { headers: {} })))).code).toBe('product_unavailable')
    expect(cut).toBe(1)
    await errorOf(unwrap(client.api.products({ id: '7' }).get()))
    expect(cut).toBe(4)
  })

  test('makes a call once when the callee refuses it or has a fault', async () => {
    for (const status of [400, 404, 409, 500]) {
      const product = startCallee()
      product.behave(() => problem(status, 'no'))
      await errorOf(unwrap(clientOf(resolverOf(product.port)).api.products({ id: '7' }).get()))
      expect(product.seen.length).toBe(1)
    }
  })

  test('uses another live instance: for a POST if it could not connect, for a read also if the first was unavailable', async () => {
    const live = startCallee()
    const sick = startCallee()
    sick.behave(failing)
    const absent = absentPort()
    const besideAbsent = clientOf(resolverOf(absent, live.port))
    for (let call = 0; call < 4; call++) {
      expect(await unwrap(besideAbsent.api.products.post({ name: 'x' }, { headers: {} }))).toMatchObject({ body: { name: 'x' } })
    }
    const besideSick = clientOf(resolverOf(sick.port, live.port))
    for (let call = 0; call < 4; call++) expect(await unwrap(besideSick.api.products({ id: '7' }).get())).toMatchObject({ id: '7' })
  })

  test('leaves an instance that hangs while there is time for another one', async () => {
    const hung = startCallee()
    const live = startCallee()
    const { promise: never } = Promise.withResolvers<Response>()
    hung.behave(() => never)
    const client = clientOf(resolverOf(hung.port, live.port), { deadlineMs: 400 })
    for (let call = 0; call < 2; call++) expect(await unwrap(client.api.products({ id: '7' }).get())).toMatchObject({ id: '7' })
    expect(hung.seen.length).toBeGreaterThan(0)
  })

  test('answers every read while one of two instances stops', async () => {
    const [one, two] = [startCallee(), startCallee()]
    const client = clientOf(resolverOf(one.port, two.port))
    let answered = 0
    const readers = Array.from({ length: 8 }, async () => {
      for (let call = 0; call < 50; call++) {
        await unwrap(client.api.products({ id: '7' }).get())
        answered++
      }
    })
    await eventually(() => answered > 100)
    await one.stop()
    await Promise.all(readers)
    expect(answered).toBe(400)
  })

  test('calls the live instances in turn', async () => {
    const [one, two] = [startCallee(), startCallee()]
    const client = clientOf(resolverOf(one.port, two.port))
    for (let call = 0; call < 10; call++) await unwrap(client.api.products({ id: '7' }).get())
    expect([one.seen.length, two.seen.length]).toEqual([5, 5])
  })

  test('asks the registry again for where the service is now', async () => {
    const old = absentPort()
    const live = startCallee()
    const resolver: Resolver = { instances: async (_name, anew = false) => [instanceAt(anew ? live.port : old)] }
    expect(await unwrap(clientOf(resolver).api.products({ id: '7' }).get())).toMatchObject({ id: '7' })
  })
})

describe('the breaker', () => {
  const counted = () => {
    const open: number[] = []
    const metrics = { call: () => {}, breakersOpen: (_callee: ServiceName, count: number) => open.push(count) }
    return { open, metrics }
  }

  test('opens after failures in a row, lets one call through when its time has passed, and closes when that succeeds', async () => {
    const product = startCallee()
    const { open, metrics } = counted()
    const client = clientOf(resolverOf(product.port), { attempts: 1, breaker: { failures: 3, pauseMs: 100 }, metrics })
    const get = () => unwrap(client.api.products({ id: '7' }).get())
    product.behave(() => problem(503, 'dependency_unavailable'))
    for (let call = 0; call < 3; call++) expect((await errorOf(get())).code).toBe('dependency_unavailable')
    expect(open.at(-1)).toBe(1)

    expect((await errorOf(get())).code).toBe('product_unavailable')
    expect(product.seen.length).toBe(3)

    // Half open: one of many calls is the probe, and its failure opens the breaker again.
    await eventually(async () => {
      await Promise.all(Array.from({ length: 10 }, () => errorOf(get())))
      return product.seen.length > 3
    })
    expect(product.seen.length).toBe(4)

    product.behave(() => undefined)
    await eventually(get)
    expect(open.at(-1)).toBe(0)
    expect(product.seen.length).toBe(5)
    await get()
    expect(product.seen.length).toBe(6)
  })

  test('does not open for refusals', async () => {
    const product = startCallee()
    const client = clientOf(resolverOf(product.port), { attempts: 1, breaker: { failures: 2, pauseMs: 60_000 } })
    product.behave(() => problem(404, 'product_not_found'))
    for (let call = 0; call < 5; call++)
      expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).code).toBe('product_not_found')
    expect(product.seen.length).toBe(5)
  })

  test('does not count a call whose time has passed in the queue: it is not sent', async () => {
    const product = startCallee()
    const answer = Promise.withResolvers<Response>()
    product.behave(() => answer.promise)
    let open = 0
    const callee = createCallee({
      name: 'product',
      resolver: resolverOf(product.port),
      attempts: 3,
      breaker: { failures: 1, pauseMs: 60_000 },
      atOnce: 1,
      queued: 5,
      breakersOpen: (_callee, count) => {
        open = count
      },
    })
    const get = (deadlineMs: number) => callee.call('/api/products/7', { headers: new Headers() }, deadlineMs)
    const slow = get(60_000)
    const late = Promise.all(Array.from({ length: 5 }, () => get(1).catch(error => error)))
    await Bun.sleep(10)
    answer.resolve(new Response())
    expect((await slow).status).toBe(200)
    for (const error of await late) expect(error).toMatchObject({ name: 'TimeoutError' })
    expect(product.seen).toHaveLength(1)
    expect(open).toBe(0)
  })

  test('of one instance leaves the others in use', async () => {
    const sick = startCallee()
    const live = startCallee()
    sick.behave(() => problem(503, 'dependency_unavailable'))
    const client = clientOf(resolverOf(sick.port, live.port), { breaker: { failures: 2, pauseMs: 60_000 } })
    for (let call = 0; call < 20; call++) await unwrap(client.api.products({ id: '7' }).get())
    expect(sick.seen.length).toBe(2)
    expect(live.seen.length).toBe(20)
  })
})
