import { Elysia, t } from 'elysia'
import { createClients } from '../client'
import { AppError } from '../errors'
import type { Instance, Resolver } from '../registry'

/** A callee that records its requests, and answers as the test wants. */
const callee = () => {
  const seen: { method: string; headers: Headers; url: string }[] = []
  let behave: () => Response | Promise<Response> | undefined = () => undefined
  const app = new Elysia()
    .onRequest(async ({ request }) => {
      seen.push({ method: request.method, headers: request.headers, url: request.url })
      return await behave()
    })
    .get('/api/products/:id', ({ params }) => ({ id: params.id, name: 'Laptop', created_at: '2026-01-01T00:00:00.000Z' }))
    .put('/api/products/:id', ({ params }) => ({ id: params.id }))
    .delete('/api/products/:id', ({ set }) => {
      set.status = 204
    })
    .post('/api/products', ({ body, headers }) => ({ body, key: headers['idempotency-key'] ?? null }), {
      body: t.Object({ name: t.String() }),
      headers: t.Object({ 'idempotency-key': t.Optional(t.String()) }),
    })
    .get('/internal/stock', () => ({ ok: true }))
  return { app, seen, behave: (how: typeof behave) => (behave = how) }
}
type ProductApi = ReturnType<typeof callee>['app']

export const problem = (status: number, code: string, extra: object = {}, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ type: 'about:blank', title: 'x', status, code, detail: `because ${code}`, ...extra }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })

const cleanup: (() => unknown)[] = []
export const stopCallees = async () => {
  for (const close of cleanup.splice(0)) await close()
}

export const startCallee = () => {
  const made = callee()
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: made.app.fetch })
  const stop = () => server.stop(true)
  cleanup.push(stop)
  return { ...made, port: Number(server.port), stop }
}
/** A port without a listener. */
export const absentPort = () => {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
  server.stop(true)
  return server.port
}
export const instanceAt = (port: number): Instance => ({
  id: `i-${port}`,
  address: `127.0.0.1:${port}`,
  host: '127.0.0.1',
  port,
  version: '1',
  started_at: '',
  last_heartbeat: '',
})
export const resolverOf = (...ports: number[]): Resolver => ({ instances: async () => ports.map(instanceAt) })

export const clientOf = (resolver: Resolver, options: Partial<Parameters<typeof createClients>[0]> = {}) =>
  createClients({ resolver, internalToken: async name => `for-${name}`, ...options })<ProductApi>('product')

export const errorOf = async (call: Promise<unknown>): Promise<AppError> => {
  const error = await call.then(
    () => new Error('it did not fail'),
    error => error,
  )
  if (!(error instanceof AppError)) throw error
  return error
}
