import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { eventually } from '#shared/testing'
import { openGateway, type Respond, startService, type TestGateway } from './fixture'

const encoder = new TextEncoder()
let push: (text: string) => void = () => {}
let received = 0
let gone = 0

/** GET opens a stream that sends what `push` is given; POST counts the bytes that have arrived. */
const live: Respond = async request => {
  if (request.method === 'POST') {
    received = 0
    if (request.url.endsWith('refuse')) return new Response(null, { status: 401 })
    for await (const chunk of request.body ?? []) received += chunk.byteLength
    return Response.json({ received })
  }
  const body = new ReadableStream<Uint8Array>({
    start: controller => {
      push = text => controller.enqueue(encoder.encode(text))
      push(`: ${request.headers.get('last-event-id')}\n\n`)
    },
    cancel: () => void gone++,
  })
  return new Response(body, { headers: { 'content-type': request.url.endsWith('export') ? 'application/x-ndjson' : 'text/event-stream' } })
}

const service = startService('notification', live)
let gateway: TestGateway
beforeAll(async () => {
  const upstreams = {
    discovery: [service.address],
    notification: [service.address],
    shipping: [service.address],
    product: [service.address],
  }
  gateway = await openGateway(upstreams, { UPSTREAM_TIMEOUT: '1' })
})
afterAll(async () => {
  await gateway.close()
  await service.stop()
})

const open = async (path: string) => {
  const stop = new AbortController()
  const headers = { 'last-event-id': '41', 'accept-encoding': 'gzip', authorization: 'Bearer x' }
  const response = await gateway.fetch(path, { headers, signal: stop.signal })
  const reader = response.body!.getReader()
  return { response, stop, next: async () => new TextDecoder().decode((await reader.read()).value) }
}

describe('live streams', () => {
  test.each(['/api/notifications/stream', '/api/discovery/stream', '/api/v1/shipping/shipments/12/stream/'])(
    '%s: each event arrives as it is sent',
    async path => {
      const { response, stop, next } = await open(path)
      expect(response.headers.get('content-type')).toBe('text/event-stream')
      expect(await next()).toBe(': 41\n\n')
      for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
        push(text)
        expect(await next()).toBe(text)
      }
      const before = gone
      stop.abort()
      await eventually(() => gone > before)
    },
  )

  test('a stream ends when the gateway stops', async () => {
    await using alone = await openGateway({ notification: [service.address] })
    const response = await alone.fetch('/api/notifications/stream')
    const ended = response.text().catch(() => 'cut')
    await alone.process.stop(50)
    await ended
    expect(await alone.process.exited).toBe(0)
  })
})

describe('import and export', () => {
  test('an import reaches the service while the client still sends it', async () => {
    let rest: (text: string) => void = () => {}
    let finish: () => void = () => {}
    const body = new ReadableStream<Uint8Array>({
      start: controller => {
        rest = text => controller.enqueue(encoder.encode(text))
        finish = () => controller.close()
        rest('{"name":"one"}\n')
      },
    })
    received = 0
    const done = gateway.fetch('/api/products/import', { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } })
    await eventually(() => received === 15)
    rest('{"name":"two"}\n')
    finish()
    expect(await (await done).json()).toEqual({ received: 30 })
  })

  test('an import that is refused before all of it has arrived closes its connection, and says so', async () => {
    const socket = connect(gateway.port, '127.0.0.1')
    const faults: Error[] = []
    let answer = ''
    socket.on('data', data => {
      answer += data
    })
    socket.on('error', error => faults.push(error))
    const ended = new Promise(resolve => socket.on('end', resolve))
    socket.write('POST /api/products/import?refuse HTTP/1.1\r\nHost: shop\r\nContent-Length: 10\r\n\r\n01234')
    await eventually(() => answer.includes('\r\n\r\n'))
    socket.write('56789')
    await ended
    socket.destroy()
    expect(answer).toStartWith('HTTP/1.1 401 ')
    expect(answer).toContain('\r\nConnection: close\r\n')
    expect(faults).toEqual([])
  })

  test('a large import arrives whole', async () => {
    const answer = await gateway.fetch('/api/products/import', { method: 'POST', body: new Uint8Array(20 * 2 ** 20) })
    expect(await answer.json()).toEqual({ received: 20 * 2 ** 20 })
  })

  test('an export reaches the client while the service still writes it', async () => {
    const { stop, next } = await open('/api/products/export')
    expect(await next()).toContain('41')
    push('{"name":"one"}\n')
    expect(await next()).toContain('one')
    stop.abort()
  })
})
