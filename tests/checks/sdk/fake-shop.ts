import { type Connection, createShop, type ShopOptions } from '../../../sdk/src/shop'

export interface Asked {
  method: string
  path: string
  headers: Headers
  body: unknown
  signal: AbortSignal
}
type Answer = Response | Error | Promise<Response>

export const problem = (status: number, code: string, headers: Record<string, string> = {}, more: object = {}) =>
  new Response(JSON.stringify({ type: 'about:blank', title: 'x', status, code, detail: `It is ${code}.`, request_id: 'r-1', ...more }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
export const json = (content: unknown, headers: Record<string, string> = {}, status = 200) => Response.json(content, { status, headers })
export const tokens = (name: string, { user_id = 7, expires_in = 900 } = {}) => ({
  ...{ access_token: `access-${name}`, refresh_token: `refresh-${name}`, token_type: 'bearer' },
  ...{ expires_in, user_id, email: 'ann@example.com' },
})

/** A client whose requests are answered by `respond`, and every request that it made. */
export const fakeShop = (respond: (asked: Asked, count: number) => Answer, options: ShopOptions = {}) => {
  const asked: Asked[] = []
  const fetch: Connection['fetch'] = async (url, { method = 'GET', headers, body, signal }) => {
    const isJson = new Headers(headers).get('content-type') === 'application/json'
    if (!(signal instanceof AbortSignal)) throw new Error('a request without a signal has no end')
    const request = { method, path: url.replace('http://shop.test', ''), headers: new Headers(headers), signal }
    asked.push({ ...request, body: isJson ? JSON.parse(String(body)) : body })
    const answer = respond(asked.at(-1)!, asked.length)
    if (answer instanceof Error) throw answer
    return answer
  }
  return { shop: createShop({ baseUrl: 'http://shop.test/', fetch, ...options }), asked }
}
export const pathsOf = (asked: Asked[]) => asked.map(({ method, path }) => `${method} ${path}`)
/** What a promise is refused with. */
export const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    value => new Error(`it was not refused, but gave ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
