import { afterEach, describe, expect, test } from 'bun:test'
import { unwrap } from './client'
import { withContext } from './context'
import type { Fault } from './errors'
import { eventually } from './testing'
import { absentPort, clientOf, errorOf, problem, resolverOf, startCallee, stopCallees } from './testing/callee'

afterEach(stopCallees)

describe('a client', () => {
  test('gives the data as the callee sent it: text that looks like a date stays text', async () => {
    const product = startCallee()
    const client = clientOf(resolverOf(product.port))
    expect(await unwrap(client.api.products({ id: '7' }).get())).toEqual({
      id: '7',
      name: 'Laptop',
      created_at: '2026-01-01T00:00:00.000Z',
    })
    expect((await client.api.products({ id: '7' }).delete()).status).toBe(204)
  })

  test('sends the request id and trace of its work, and its own token to internal routes only', async () => {
    const product = startCallee()
    const client = clientOf(resolverOf(product.port))
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    await withContext({ requestId: 'order-1', traceparent, startedAt: 0 }, async () => {
      await unwrap(client.internal.stock.get())
      await unwrap(client.api.products({ id: '1' }).get())
    })
    const [internal, open] = product.seen
    for (const asked of [internal, open]) {
      expect(asked?.headers.get('x-request-id')).toBe('order-1')
      expect(asked?.headers.get('traceparent')).toBe(traceparent)
    }
    expect(internal?.headers.get('authorization')).toBe('Bearer for-product')
    expect(open?.headers.has('authorization')).toBe(false)
  })

  test("throws the callee's problem as the callee wrote it", async () => {
    const product = startCallee()
    const client = clientOf(resolverOf(product.port))
    product.behave(() => problem(409, 'out_of_stock'))
    expect(await errorOf(unwrap(client.api.products({ id: '7' }).get()))).toMatchObject({
      kind: 'conflict',
      code: 'out_of_stock',
      message: 'because out_of_stock',
    })
    const errors: Fault[] = [{ path: '/name', message: 'is taken', code: 'taken' }]
    product.behave(() => problem(400, 'invalid_input', { errors }))
    expect((await errorOf(unwrap(client.api.products.post({ name: 'x' })))).errors).toEqual(errors)
    // As an earlier release writes it.
    product.behave(() => problem(400, 'invalid_input', { errors: [{ path: 'items/0', message: 'is gone' }, { message: 'no path' }] }))
    expect((await errorOf(unwrap(client.api.products.post({ name: 'x' })))).errors).toEqual([{ path: '/items/0', message: 'is gone' }])
    product.behave(() => problem(429, 'busy', {}, { 'retry-after': '7' }))
    expect(await errorOf(unwrap(client.api.products({ id: '7' }).get()))).toMatchObject({ kind: 'too_many', retryAfter: 7 })
  })

  test('throws a bad-gateway error, not a parse error, for an answer that is not the JSON it claims to be', async () => {
    const product = startCallee()
    const client = clientOf(resolverOf(product.port))
    const html = (status: number) => () => new Response('<h1>hello</h1>', { status, headers: { 'content-type': 'text/html' } })
    product.behave(html(200))
    expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).kind).toBe('bad_gateway')
    product.behave(html(404))
    expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).kind).toBe('bad_gateway')
    product.behave(html(502))
    expect(await errorOf(unwrap(client.api.products({ id: '7' }).get()))).toMatchObject({
      kind: 'unavailable',
      code: 'product_unavailable',
    })
    product.behave(() => new Response('{"id":', { headers: { 'content-type': 'application/json' } }))
    expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).kind).toBe('bad_gateway')
    product.behave(() => new Response('{"code":', { status: 409, headers: { 'content-type': 'application/problem+json' } }))
    expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).kind).toBe('bad_gateway')
  })

  test('ends a call by its deadline, also when only the body hangs', async () => {
    const product = startCallee()
    const client = clientOf(resolverOf(product.port), { deadlineMs: 150 })
    const { promise: never } = Promise.withResolvers<Response>()
    const headOnly = () => {
      const body = new ReadableStream({ start: controller => controller.enqueue(new TextEncoder().encode('{"id"')) })
      return new Response(body, { headers: { 'content-type': 'application/json' } })
    }
    for (const behave of [() => never, headOnly]) {
      product.behave(behave)
      const before = performance.now()
      expect(await errorOf(unwrap(client.api.products({ id: '7' }).get()))).toMatchObject({
        kind: 'unavailable',
        code: 'product_unavailable',
        retryAfter: 1,
      })
      // The server would end an idle connection itself after ten seconds.
      expect(performance.now() - before).toBeLessThan(8000)
    }
  })
})

describe('the bound on calls at once', () => {
  test('refuses a call at once when too many are waiting', async () => {
    const product = startCallee()
    const gate = Promise.withResolvers<undefined>()
    product.behave(async () => {
      await gate.promise
      return new Response('{"id":"7"}', { headers: { 'content-type': 'application/json' } })
    })
    const client = clientOf(resolverOf(product.port), { atOnce: 2, queued: 1 })
    const get = () => unwrap(client.api.products({ id: '7' }).get())
    const three = [get(), get(), get()]
    await eventually(() => product.seen.length === 2)
    expect((await errorOf(get())).code).toBe('product_unavailable')
    gate.resolve(undefined)
    expect(await Promise.all(three)).toHaveLength(3)
  })

  test('a service without instances, or without a listener, is unavailable and no fault of the caller', async () => {
    expect((await errorOf(unwrap(clientOf(resolverOf()).api.products({ id: '7' }).get()))).code).toBe('product_unavailable')
    expect((await errorOf(unwrap(clientOf(resolverOf(absentPort())).api.products({ id: '7' }).get()))).code).toBe('product_unavailable')
  })
})
