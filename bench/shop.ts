/** What the rows need to do in the shop: people, products, orders. */
export interface Shop {
  gateway: string
  admin: string
  /** A logged-in customer's token. */
  customer: string
  portBase: number
  stores: { mysql: string; mongo: string; redis: string; rabbitmq: string }
  pids(): number[]
  dir: string
}

export const json = (token?: string) => ({ 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) })

export const call = async <T>(url: string, init: RequestInit = {}): Promise<T> => {
  const answer = await fetch(url, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url} answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

export const post = <T>(url: string, body: unknown, token?: string) =>
  call<T>(url, { method: 'POST', headers: json(token), body: JSON.stringify(body) })

export const login = async (gateway: string, email: string, password: string) =>
  (await post<{ access_token: string }>(`${gateway}/auth/login`, { email, password })).access_token

export const sampleProduct = '507f1f77bcf86cd799439011'
