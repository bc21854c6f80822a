/** A client of the shop: HTTP through the gateway, with one person's token or without one. */
export interface Caller {
  /** The answer, whatever its status. */
  ask: <Body = unknown>(method: string, path: string, request?: Request) => Promise<Reply<Body>>
  /** The body of a 2xx answer; every other answer is an error. */
  call: <Body = unknown>(method: string, path: string, request?: Request) => Promise<Body>
  /** The same person at another address. */
  at: (base: string) => Caller
}

interface Request {
  body?: unknown
  headers?: Record<string, string>
}

/** `Body` is what a successful answer holds; the fields of a problem are there when the request was refused. */
export interface Reply<Body = unknown> {
  status: number
  headers: Headers
  body: Body & { code?: string }
}

export interface List<Item> {
  items: Item[]
}

export const callerOf = (base: string, token?: string): Caller => {
  const ask = async <Body>(method: string, path: string, { body, headers }: Request = {}): Promise<Reply<Body>> => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...headers,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, body: text && isJson ? JSON.parse(text) : text }
  }
  const call = async <Body>(method: string, path: string, request?: Request): Promise<Body> => {
    const { status, body } = await ask<Body>(method, path, request)
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`)
    return body
  }
  return { ask, call, at: other => callerOf(other, token) }
}
