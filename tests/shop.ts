import { expect } from 'bun:test'
import { eventually } from '#shared/testing'
import { driftRelations } from '../services/discovery/drift'
import { gateway } from './platform/operations'

/** The shop as its clients have it: over HTTP, through the gateway. */
export interface Reply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a client knows no types; what it reads is asserted
  body: any
}

interface Ask {
  token?: string | undefined
  body?: unknown
  headers?: Record<string, string>
  base?: string
}

const unique = () => crypto.randomUUID().slice(0, 8)

export interface Person {
  id: number
  token: string
}

export const password = 'password-of-tests'

/** A shop behind its gateway; by default the one that the test command runs. */
export const shopAt = (gateway: string, boss: { email: string; password: string }) => {
  const ask = async (method: string, path: string, { token, body, headers = {}, base = gateway }: Ask = {}): Promise<Reply> => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...headers,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      body: text && answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
    }
  }

  /** The same, when nothing but success will do. */
  const must = async (method: string, path: string, options: Ask = {}) => {
    const reply = await ask(method, path, options)
    if (reply.status >= 300) throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
    return reply.body
  }

  const register = async (): Promise<Person> => {
    const name = `shopper-${unique()}`
    await must('POST', '/auth/register', { body: { email: `${name}@example.com`, username: name, password, full_name: 'Ann Example' } })
    const { access_token, user_id } = await must('POST', '/auth/login', { body: { username: name, password } })
    return { id: user_id, token: access_token }
  }

  let administrator: Promise<string> | undefined
  const admin = () => {
    administrator ??= must('POST', '/auth/login', { body: boss }).then(({ access_token }) => access_token)
    return administrator
  }

  /** A product of its own for each test, with its stock in place. */
  const offer = async ({ price = 1500, stock = 10, ...more }: { price?: number; stock?: number; category?: string } = {}) => {
    const body = { name: 'Laptop', description: 'Light and quick', price, category: 'Electronics', stock, sku: `SKU-${unique()}`, ...more }
    const product = await must('POST', '/api/products', { token: await admin(), body })
    await eventually(async () => (await ask('GET', `/api/inventory/${product.id}`)).status === 200)
    return product
  }

  const order = (person: Person, body: object, headers: Record<string, string> = {}) =>
    ask('POST', '/api/orders', { token: person.token, headers, body: { shipping_address: '123 Main St, City', ...body } })

  const orderOf = (person: Person, id: number) => must('GET', `/api/orders/${id}`, { token: person.token })

  const untilOrder = (person: Person, id: number, status: string, timeoutMs = 10_000) =>
    eventually(
      async () => {
        const found = await orderOf(person, id)
        if (found.status !== status) throw new Error(`order ${id} is ${found.status}, not ${status}`)
        return found
      },
      { timeoutMs, everyMs: 25 },
    )

  const placed = async (person: Person, body: object) => {
    const { status, body: made } = await order(person, body)
    expect(status).toBe(201)
    return untilOrder(person, made.id, 'awaiting_payment')
  }

  const pay = (person: Person, orderId: number, amount: number, more: object = {}) =>
    ask('POST', '/api/payments', { token: person.token, body: { order_id: orderId, amount, payment_method: 'credit_card', ...more } })

  const paymentOf = (person: Person, orderId: number) => must('GET', `/api/payments/order/${orderId}`, { token: person.token })
  /** All payments of an order together: what each took, what went back, and what is left of it with us. */
  const moneyOf = async (person: Person, orderId: number) => {
    const { items } = await must('GET', `/api/payments?order_id=${orderId}&limit=100`, { token: person.token })
    const taken = items.filter((one: { captured_amount: number }) => one.captured_amount > 0)
    const sum = (field: string): number => taken.reduce((total: number, one: Record<string, number>) => total + Number(one[field]), 0)
    const captured: number[] = taken.map((one: { captured_amount: number }) => one.captured_amount)
    const refunds = taken.map(
      async ({ id }: { id: number }) => (await must('GET', `/api/payments/${id}/refunds`, { token: person.token })).items,
    )
    const given = (await Promise.all(refunds)).flat().map(({ amount }) => Number(amount))
    return { captured, refunds: given, held: sum('captured_amount') - sum('refunded_amount') }
  }
  const stockOf = async (productId: string) => {
    const { quantity, reserved, available } = await must('GET', `/api/inventory/${productId}`)
    return { quantity, reserved, available }
  }
  const untilStock = (productId: string, expected: { quantity: number; reserved: number }) =>
    eventually(
      async () => {
        expect(await stockOf(productId)).toMatchObject(expected)
        return true
      },
      { everyMs: 25 },
    )

  const shipmentsOf = async (person: Person, orderId: number) =>
    (await must('GET', '/api/shipping/shipments?limit=100', { token: person.token })).items.filter(
      (one: { order_id: number }) => one.order_id === orderId,
    )

  const untilShipment = (person: Person, orderId: number) =>
    eventually(async () => (await shipmentsOf(person, orderId))[0], { everyMs: 25 })

  const carrierSays = async (shipmentId: number, status: string) =>
    ask('POST', `/api/shipping/shipments/${shipmentId}/events`, { token: await admin(), body: { status } })

  const timelineOf = async (person: Person, orderId: number): Promise<string[]> => {
    const { items } = await must('GET', `/api/orders/${orderId}/timeline`, { token: person.token })
    return items.map((entry: { type: string }) => entry.type)
  }

  /** What two services say of the same thing is the same: once everything has settled, and nowhere else. */
  const expectNoDrift = async (since: Date) => {
    const query = () => `?from=${since.toISOString()}&to=${new Date().toISOString()}`
    await eventually(
      async () => {
        const { drift, examples } = await must('GET', `/api/discovery/drift${query()}`, { token: await admin() })
        // A relation that could not be checked is absent, and that is not the same as zero.
        expect({ drift, examples }).toEqual({ drift: Object.fromEntries(driftRelations.map(relation => [relation, 0])), examples: {} })
        return true
      },
      { timeoutMs: 20_000, everyMs: 250 },
    )
  }

  return {
    ask,
    must,
    register,
    admin,
    offer,
    order,
    orderOf,
    untilOrder,
    placed,
    pay,
    paymentOf,
    moneyOf,
    stockOf,
    untilStock,
    shipmentsOf,
    untilShipment,
    carrierSays,
    timelineOf,
    expectNoDrift,
  }
}

export const theShop = shopAt(gateway, { email: String(Bun.env.ADMIN_EMAIL), password: String(Bun.env.ADMIN_PASSWORD) })
