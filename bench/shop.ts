import type { ServiceName } from '#shared/platform'
import type { Servers } from '../scripts/platform'
import { processorMs, withChildren } from '../scripts/processes'
import { until } from '../scripts/until'

/** What the rows need from the running stack. */
export interface Shop {
  gateway: string
  /** The service's address, without the gateway. */
  urlOf(service: ServiceName): string
  servers: Servers
  /** The command and the environment of another instance of a service; `all` are in one process. */
  command(name: ServiceName | 'all'): string[]
  environment(service: ServiceName): Record<string, string | undefined>
  /** A new token, valid for 15 minutes. */
  admin(): Promise<string>
  customer(): Promise<string>
  pids(): { services: number[]; all: number[] }
  /** Every process of the stack by its name: services, servers, Nginx. */
  members(): readonly { name: string; pid: number }[]
  /** A folder for the rows' files. */
  dir: string
}

export type Numbers = Record<string, number>

/** The processor time of each process and of all that it started. A server may have a second process of its name, as RabbitMQ has. */
export const processorTimes = (shop: Shop): Numbers => {
  const pids = Map.groupBy(shop.members(), ({ name }) => name)
  return Object.fromEntries([...pids].map(([name, members]) => [name, processorMs(withChildren(members.map(({ pid }) => pid)))]))
}

export const difference = (after: Numbers, before: Numbers): Numbers =>
  Object.fromEntries(Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0)]))

/** Where the processor time since `before` went, for each of `times`: the processes that used most of it. */
export const spentSince = (shop: Shop, before: Numbers, times: number): string => {
  const spent = Object.entries(difference(processorTimes(shop), before)).sort(([, a], [, b]) => b - a)
  const most = spent.slice(0, 5).map(([name, used]) => `${name} ${(used / times).toFixed(2)}`)
  return `milliseconds of processor time, by process: ${most.join(', ')}`
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
export const json = (token?: string) => ({ 'content-type': 'application/json', ...(token && bearer(token)) })

export const call = async <T>(url: string, init: RequestInit = {}): Promise<T> => {
  const answer = await fetch(url, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url} answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

export const post = <T>(url: string, body: unknown, headers: Record<string, string> = {}) =>
  call<T>(url, { method: 'POST', headers: { ...json(), ...headers }, body: JSON.stringify(body) })

export const login = async (gateway: string, email: string, password: string) =>
  (await post<{ access_token: string }>(`${gateway}/auth/login`, { email, password })).access_token

export const sampleProduct = '507f1f77bcf86cd799439011'

/** Products with stock for every order that a benchmark places. Several, since the orders of a shop are not all for one product. */
export const stockedProducts = async ({ gateway, urlOf }: Shop, admin: string, count = 20): Promise<string[]> => {
  const run = Date.now().toString(36).toUpperCase()
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const product = {
      name: `Thing ${n}`,
      description: 'To be ordered',
      price: 1500,
      category: 'Bench',
      stock: 1_000_000,
      sku: `B-${run}-${n}`,
    }
    ids.push((await post<{ id: string }>(`${gateway}/api/products`, product, bearer(admin))).id)
  }
  for (const id of ids)
    await until('the stock of a new product', () => fetch(`${urlOf('inventory')}/api/inventory/${id}`).then(answer => answer.ok))
  return ids
}

export const orderOf = (productId: string) => ({ items: [{ product_id: productId, quantity: 1 }], shipping_address: '123 Main St, City' })
