import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServiceName, services } from '#shared/platform'
import { type Gateway, startGateway, type Upstreams } from '../../scripts/gateway'

export const serviceNames = Object.keys(services) as ServiceName[]

/** What a stand-in service says it was asked. */
export interface Asked {
  service: ServiceName
  method: string
  path: string
  headers: Record<string, string>
}

export type Answer = (request: Request, asked: Asked) => Response | Promise<Response>

/** Reads the body first, as a service does that is going to use it. */
const echo: Answer = async (request, asked) => {
  for await (const _ of request.body ?? []);
  return Response.json(asked)
}

/** A stand-in service that answers with what it was asked, unless told otherwise. */
export const startService = (service: ServiceName, answer: Answer = echo, port = 0) => {
  const seen: Asked[] = []
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    async fetch(request) {
      const url = new URL(request.url)
      const asked: Asked = {
        service,
        method: request.method,
        path: url.pathname + url.search,
        headers: Object.fromEntries(request.headers.entries()),
      }
      seen.push(asked)
      return answer(request, asked)
    },
  })
  return { seen, port: Number(server.port), address: `127.0.0.1:${server.port}`, die: () => server.stop(true) }
}

export const freePort = () => {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  probe.stop(true)
  return probe.port
}

/** Limits out of the way of every test that isn't about them. */
const limits = ['RATE_LIMIT', 'RATE_BURST', 'AUTH_RATE_LIMIT', 'AUTH_RATE_BURST', 'GUEST_CART_RATE_LIMIT', 'GUEST_CART_RATE_BURST']
const unlimited = Object.fromEntries(limits.map(name => [name, '100000']))

export interface Opened {
  url: string
  port: number
  gateway: Gateway
  fetch: (path: string, init?: BunFetchRequestInit) => Promise<Response>
  asked: (path: string, init?: BunFetchRequestInit) => Promise<Asked>
  /** One request as written, for what a well-behaved client would tidy up. */
  raw: (text: string) => Promise<{ status: number; head: string; body: string }>
  dir: string
  close: () => Promise<void>
  /** `await using` closes it, also when the test fails. */
  [Symbol.asyncDispose]: () => Promise<void>
}

/** A real Nginx of its own folder and port, over the given addresses. */
export const openGateway = async (upstreams: Upstreams, settings: Record<string, string> = {}): Promise<Opened> => {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-'))
  const port = freePort()
  const program = Bun.env.NGINX
  const remove = () => rmSync(dir, { recursive: true, force: true })
  const chosen = { ...unlimited, ...settings }
  const gateway = await startGateway({ dir, port, upstreams, settings: chosen, ...(program ? { program } : {}) }).catch(error => {
    remove()
    throw error
  })
  const close = async () => {
    await gateway.stop()
    remove()
  }
  const ask = (path: string, init?: BunFetchRequestInit) => fetch(`${gateway.url}${path}`, { redirect: 'manual', ...init })
  return {
    url: gateway.url,
    port,
    gateway,
    dir,
    fetch: ask,
    asked: async (path, init) => (await (await ask(path, init)).json()) as Asked,
    raw: text =>
      new Promise((done, failed) => {
        let answer = ''
        const socket = connect(port, '127.0.0.1', () => socket.write(text))
        socket.setTimeout(5000, () => socket.destroy(new Error(`no whole answer: ${answer}`)))
        socket.on('error', failed)
        socket.on('data', chunk => {
          answer += chunk
          const [head = '', body] = answer.split('\r\n\r\n')
          // Not until it closes: Nginx lingers where a body was announced.
          if (body?.length !== Number(/content-length: (\d+)/i.exec(head)?.[1])) return
          done({ status: Number(head.split(' ')[1]), head, body: body ?? '' })
          socket.destroy()
        })
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** All fourteen, each as a stand-in. */
export const startShop = () => {
  const shop = serviceNames.map(name => ({ name, ...startService(name) }))
  return {
    upstreams: Object.fromEntries(shop.map(({ name, address }) => [name, [address]])) as Upstreams,
    seen: () => shop.flatMap(({ seen }) => seen),
    close: () => Promise.all(shop.map(({ die }) => die())),
  }
}

export const problem = async (response: Response) => {
  const body = (await response.json()) as { type: string; title: string; status: number; code: string; detail: string; request_id: string }
  return { ...body, contentType: response.headers.get('content-type'), sameId: body.request_id === response.headers.get('x-request-id') }
}
