import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServiceName, services } from '#shared/platform'
import { type Gateway, type GatewayOptions, startGateway, type Upstreams } from '../../scripts/gateway'
import { anyFreePort } from '../../scripts/ports'

export const serviceNames = Object.keys(services) as ServiceName[]

/** A request as a stand-in service received it. */
export interface Received {
  service: ServiceName
  method: string
  path: string
  headers: Record<string, string>
}

export type Respond = (request: Request, received: Received) => Response | Promise<Response>

/** Reads the body first, as a service does that uses it. */
const echo: Respond = async (request, received) => {
  for await (const _ of request.body ?? []);
  return Response.json(received)
}

/** A stand-in service. By default it answers with the request that it received. */
export const startService = (service: ServiceName, respond: Respond = echo, port = 0) => {
  const seen: Received[] = []
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    async fetch(request) {
      const url = new URL(request.url)
      const received: Received = {
        service,
        method: request.method,
        path: url.pathname + url.search,
        headers: Object.fromEntries(request.headers.entries()),
      }
      seen.push(received)
      return respond(request, received)
    },
  })
  return { seen, port: Number(server.port), address: `127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}

/** Limits that only a test about limits lowers. */
const limits = ['RATE_LIMIT', 'RATE_BURST', 'AUTH_RATE_LIMIT', 'AUTH_RATE_BURST', 'GUEST_CART_RATE_LIMIT', 'GUEST_CART_RATE_BURST']
const unlimited = Object.fromEntries(limits.map(name => [name, '100000']))

export interface TestGateway {
  url: string
  port: number
  process: Gateway
  fetch: (path: string, init?: BunFetchRequestInit) => Promise<Response>
  /** The request as the stand-in service received it. */
  echo: (path: string, init?: BunFetchRequestInit) => Promise<Received>
  /** Sends the text as it is; a well-behaved client would correct it. */
  raw: (text: string) => Promise<{ status: number; head: string; body: string }>
  dir: string
  close: () => Promise<void>
  /** `await using` closes it, also when the test fails. */
  [Symbol.asyncDispose]: () => Promise<void>
}

/** A real Nginx with its own folder and port, in front of the given addresses. */
export const openGateway = async (
  upstreams: Upstreams,
  settings: Record<string, string> = {},
  log?: GatewayOptions['log'],
): Promise<TestGateway> => {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-'))
  const port = anyFreePort()
  const program = Bun.env.NGINX
  const remove = () => rmSync(dir, { recursive: true, force: true })
  const chosen = { ...unlimited, ...settings }
  const gateway = await startGateway({
    dir,
    port,
    upstreams,
    settings: chosen,
    ...(program ? { program } : {}),
    ...(log ? { log } : {}),
  }).catch(error => {
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
    process: gateway,
    dir,
    fetch: ask,
    echo: async (path, init) => (await (await ask(path, init)).json()) as Received,
    raw: text =>
      new Promise((done, failed) => {
        let answer = ''
        const socket = connect(port, '127.0.0.1', () => socket.write(text))
        socket.setTimeout(15_000, () => socket.destroy(new Error(`the answer is incomplete: ${answer}`)))
        socket.on('error', failed)
        socket.on('data', chunk => {
          answer += chunk
          const [head = '', body] = answer.split('\r\n\r\n')
          // Does not wait for the end of the connection, which Nginx keeps open for an announced body.
          if (body?.length !== Number(/content-length: (\d+)/i.exec(head)?.[1])) return
          done({ status: Number(head.split(' ')[1]), head, body: body ?? '' })
          socket.destroy()
        })
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A stand-in for each of the fourteen services. */
export const startAllServices = () => {
  const shop = serviceNames.map(name => ({ name, ...startService(name) }))
  return {
    upstreams: Object.fromEntries(shop.map(({ name, address }) => [name, [address]])) as Upstreams,
    seen: () => shop.flatMap(({ seen }) => seen),
    close: () => Promise.all(shop.map(({ stop }) => stop())),
  }
}

export const problem = async (response: Response) => {
  const body = (await response.json()) as { type: string; title: string; status: number; code: string; detail: string; request_id: string }
  return { ...body, contentType: response.headers.get('content-type'), sameId: body.request_id === response.headers.get('x-request-id') }
}
