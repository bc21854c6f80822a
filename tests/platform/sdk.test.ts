import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addCartItem,
  approveReturn,
  confirmSandboxPayment,
  createShop,
  getCart,
  getMe,
  getOrder,
  getOrderTimeline,
  getProduct,
  listMySessions,
  listOrderReturns,
  listProducts,
  listShipments,
  login,
  logout,
  mergeCart,
  payOrder,
  placeOrder,
  receiveReturn,
  recordShipmentStep,
  register,
  requestReturn,
  type Shop,
  ShopError,
  type ShopOptions,
  streamShipment,
} from '../../sdk/src/index'
import { expectNoDriftAfterwards, shop as testShop, unique } from '../shop'
import { until } from '../shopper'

/** The client that other people use (sdk/), from a registration to a return. */

expectNoDriftAfterwards()
const baseUrl = String(Bun.env.GATEWAY_URL)
const address = { line1: 'Hauptstr. 1', city: 'Berlin', postal_code: '10115', country: 'DE' }

const person = async (options: ShopOptions = {}) => {
  const shop = createShop({ baseUrl, ...options })
  const account = { username: `sdk-${unique()}`, password: 'password-of-tests' }
  await register(shop, { ...account, email: `${account.username}@example.com`, full_name: 'Ann Example' })
  return { shop, account }
}
const untilStatus = (shop: Shop, id: number, status: string) =>
  until(async () => {
    const order = await getOrder(shop, id)
    if (order.status !== status) throw new Error(`order ${id} is ${order.status}, not ${status}`)
    return order
  })

test('a guest fills a cart, registers, pays with 3-D Secure, follows the parcel live and returns a piece', async () => {
  const [book, staff] = [await testShop.addProduct({ price: 19.99, stock: 9, category: 'Books' }), createShop({ baseUrl })]
  await login(staff, { email: String(Bun.env.ADMIN_EMAIL), password: String(Bun.env.ADMIN_PASSWORD) })

  const { shop, account } = await person()
  expect((await listProducts(shop, { limit: 2 })).items).toHaveLength(2)
  expect(await getProduct(shop, book.id)).toMatchObject({ price: 19.99, currency: 'USD' })
  await addCartItem(shop, { product_id: book.id, quantity: 1 })
  await addCartItem(shop, { product_id: book.id, quantity: 1 })
  expect((await getCart(shop)).items).toMatchObject([{ product_id: book.id, quantity: 2 }])

  await login(shop, account)
  await mergeCart(shop)
  const { quote, items } = await getCart(shop, { country: 'DE' })
  expect(items).toMatchObject([{ product_id: book.id, quantity: 2 }])

  const order = await placeOrder(shop, { from_cart: true, shipping_address: address })
  expect<number | undefined>(order.total_amount).toBe(quote?.total)
  const declined = await payOrder(shop, {
    ...{ order_id: order.id, amount: order.total_amount, payment_method: 'credit_card', payment_token: 'tok_decline' },
  })
  expect(declined).toMatchObject({ status: 'failed', reason: 'card_declined' })
  const payment = await payOrder(shop, {
    ...{ order_id: order.id, amount: order.total_amount, payment_method: 'credit_card', payment_token: 'tok_3ds' },
  })
  expect(payment.status).toBe('requires_action')
  await confirmSandboxPayment(shop, String(payment.transaction_id), { outcome: 'success' })
  await untilStatus(shop, order.id, 'fulfilling')

  const shipment = await until(async () => {
    const { items: shipments } = await listShipments(shop, { order_id: order.id })
    return shipments[0]
  })
  const seen: string[] = []
  const delivered = new AbortController()
  const following = streamShipment(shop, shipment.id, {
    signal: AbortSignal.any([delivered.signal, AbortSignal.timeout(30_000)]),
    onEvent({ data }) {
      seen.push(String(Object(data).status))
      if (seen.includes('delivered')) delivered.abort()
    },
  })
  for (const status of ['picked_up', 'in_transit', 'delivered'] as const) await recordShipmentStep(staff, shipment.id, { status })
  await following
  expect(seen.filter((status, at) => status !== seen[at - 1])).toEqual(['created', 'picked_up', 'in_transit', 'delivered'])
  await untilStatus(shop, order.id, 'delivered')

  const back = await requestReturn(shop, order.id, { lines: [{ product_id: book.id, quantity: 1 }], reason: 'read it already' })
  await approveReturn(staff, back.id)
  await receiveReturn(staff, back.id)
  await until(async () => (await getOrder(shop, order.id)).payment_status === 'partially_refunded')
  expect(await listOrderReturns(shop, order.id)).toMatchObject({ items: [{ id: back.id, status: 'received' }] })
  const timeline = (await getOrderTimeline(shop, order.id)).items.map(({ type }) => type)
  expect(timeline).toEqual(expect.arrayContaining(['order.created', 'payment.processed', 'shipment.created']))
})

test.each(['README.md', 'sdk/README.md'])('the five lines of %s place an order and pay it', async file => {
  const text = readFileSync(join(import.meta.dir, '../..', file), 'utf8')
  const [, lines = ''] = /## Five lines to a first order\n[\s\S]*?```ts\n([\s\S]*?)```/.exec(text) ?? []
  expect(lines.trim().split('\n')).toHaveLength(5)
  const { account } = await person()
  const program = lines
    .replace('http://127.0.0.1:8080', baseUrl)
    .replace("'testuser'", `'${account.username}'`)
    .replace("'password123'", `'${account.password}'`)
  const folder = mkdtempSync(join(tmpdir(), 'five-lines-'))
  try {
    const names = [...program.matchAll(/\b(\w+)\((?:shop|\{)/g)].map(([, name]) => name)
    const source = join(import.meta.dir, '../../sdk/src/index.ts')
    writeFileSync(join(folder, 'lines.ts'), `import { ${names} } from '${source}'\n${program}export { shop, order }\n`)
    const { shop, order } = await import(join(folder, 'lines.ts'))
    expect(await untilStatus(shop, order.id, 'fulfilling')).toMatchObject({ payment_status: 'paid' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('one click twice, with one key, is one order', async () => {
  const [product, { shop, account }] = [await testShop.addProduct(), await person()]
  await login(shop, account)
  const click = () =>
    placeOrder(
      shop,
      { items: [{ product_id: product.id, quantity: 1 }], shipping_address: address },
      { headers: { 'idempotency-key': `click-${account.username}` } },
    )
  const [one, two] = await Promise.all([click(), click()])
  expect(one.id).toBe(two.id)
})

test('what the shop refuses is a ShopError that says what, where and which request', async () => {
  const { shop, account } = await person()
  const refused = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: unknown) => error,
    )
  const wrong = await refused(login(shop, { ...account, password: 'wrong' }))
  expect(wrong).toBeInstanceOf(ShopError)
  expect(wrong).toMatchObject({ status: 401, code: 'invalid_credentials', requestId: expect.stringMatching(/./) })
  expect(await refused(getMe(shop))).toMatchObject({ status: 401, code: 'token_required' })
  await login(shop, account)
  const faulty = await refused(placeOrder(shop, { items: [{ product_id: 'x', quantity: 0 }], shipping_address: address }))
  expect(faulty).toMatchObject({ status: 400, code: 'invalid_input' })
  expect(faulty).toHaveProperty('errors.length', 2)
})

describe('a page that keeps its session in a cookie', () => {
  const kept = new Map<string, string>()
  beforeAll(() => {
    const localStorage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => kept.set(key, text),
      removeItem: (key: string) => kept.delete(key),
    }
    Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true })
  })
  afterAll(() => Reflect.deleteProperty(globalThis, 'localStorage'))

  /** Keeps the cookie as a browser does: for /auth alone, with the page’s origin on every request. */
  const browser = (origin = baseUrl) => {
    let cookie = ''
    const sent: string[] = []
    return {
      sent,
      cookie: () => cookie,
      fetch: async (url: string, init: RequestInit) => {
        const headers = new Headers(init.headers)
        headers.set('origin', origin)
        if (new URL(url).pathname.startsWith('/auth')) headers.set('cookie', cookie)
        sent.push(`${init.method} ${new URL(url).pathname}`)
        const response = await fetch(url, { ...init, headers })
        cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
        return response
      },
    }
  }

  test('is still signed in after a reload, in two tabs at once, and nowhere after it logs out', async () => {
    const { cookie, fetch } = browser()
    const { shop, account } = await person({ session: 'cookie', fetch })
    const answer = await login(shop, account)
    expect(answer).not.toHaveProperty('refresh_token')
    expect(cookie()).toMatch(/^shop_refresh=[\w-]{22}\.[\w-]{22}$/)

    const tabs = [1, 2].map(() => createShop({ baseUrl, session: 'cookie', fetch }))
    const resumed = await Promise.all(tabs.map(tab => tab.session.resume()))
    expect(resumed.map(user => user?.email)).toEqual([`${account.username}@example.com`, `${account.username}@example.com`])
    for (const tab of tabs) expect((await listMySessions(tab)).items).toHaveLength(1)

    const [one, two] = tabs as [Shop, Shop]
    await logout(one)
    expect(cookie()).toBe('shop_refresh=')
    expect(kept.has('shop.session')).toBe(false)
    await until(() =>
      getMe(two).then(
        () => false,
        ({ status }: ShopError) => status === 401,
      ),
    )
    expect(two.session.user).toBeUndefined()
  })

  test('gets none of it at another origin, however the gateway is asked', async () => {
    const { account } = await person()
    const elsewhere = browser('http://localhost:3000')
    const shop = createShop({ baseUrl, session: 'cookie', fetch: elsewhere.fetch })
    await expect(login(shop, account)).rejects.toMatchObject({ status: 403, code: 'foreign_origin' })
    expect(elsewhere.cookie()).toBe('')
    const forged = await fetch(`${baseUrl}/auth/refresh`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: 'https://evil.test',
        'x-forwarded-host': 'evil.test',
        cookie: 'shop_refresh=x',
      },
      body: '{"session":"cookie"}',
    })
    expect(forged.status).toBe(403)
    const preflight = await fetch(`${baseUrl}/auth/refresh`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.test', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
  })
})
