import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { theShop } from '../shop'

const {
  admin,
  ask,
  carrierSays,
  expectNoDrift,
  must,
  offer,
  order,
  orderOf,
  pay,
  paymentOf,
  register,
  timelineOf,
  untilOrder,
  untilShipment,
  untilStock,
} = theShop

const began = new Date()
let boss: string
beforeAll(async () => {
  boss = await admin()
})
afterAll(() => expectNoDrift(began))

describe('the sample flow', () => {
  test('register, log in, create a product, order two, pay 3000', async () => {
    const name = `user-${crypto.randomUUID().slice(0, 8)}`
    const email = `${name}@example.com`
    const made = await ask('POST', '/auth/register', {
      body: { email, username: name, password: 'password123', full_name: 'Test User', phone: '0123456789', address: '123 Main St, City' },
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ email, username: name, role: 'customer', email_verified: false, address: '123 Main St, City' })

    const login = await ask('POST', '/auth/login', { body: { username: name, password: 'password123' } })
    expect(login.body).toMatchObject({ token_type: 'bearer', user_id: made.body.id, email })
    const person = { id: made.body.id, token: login.body.access_token }

    const product = await must('POST', '/api/products', {
      token: boss,
      body: { name: 'Laptop', description: 'High-performance laptop', price: 1500, category: 'Electronics', stock: 10, sku: `LT-${name}` },
    })
    expect(product).toMatchObject({ price: 1500, currency: 'USD', stock: 10 })

    const bought = await ask('POST', '/api/orders', {
      token: person.token,
      body: { user_id: person.id, items: [{ product_id: product.id, quantity: 2, price: 1500 }], shipping_address: '123 Main St, City' },
    })
    expect(bought.status).toBe(201)
    expect(bought.headers.get('location')).toBe(`/api/orders/${bought.body.id}`)
    expect(bought.body).toMatchObject({
      status: 'pending',
      subtotal: 3000,
      discount: 0,
      tax: 0,
      shipping: 0,
      total_amount: 3000,
      currency: 'USD',
    })

    // At once: a payment waits for the stock to be reserved.
    const paid = await pay(person, bought.body.id, 3000)
    expect(paid.status).toBe(201)
    expect(paid.body).toMatchObject({
      order_id: bought.body.id,
      amount: 3000,
      currency: 'USD',
      status: 'completed',
      payment_method: 'credit_card',
    })

    await untilOrder(person, bought.body.id, 'fulfilling')
    await untilStock(product.id, { quantity: 8, reserved: 0 })
    const shipment = await untilShipment(person, bought.body.id)
    expect(shipment.lines).toEqual([{ product_id: product.id, sku: product.sku, quantity: 2 }])
    expect(await timelineOf(person, bought.body.id)).toEqual(
      expect.arrayContaining(['order.created', 'inventory.reserved', 'payment.processed', 'inventory.committed', 'shipment.created']),
    )
  })
})

describe('from a guest’s cart to a return', () => {
  test('everything adds up, to the cent and to the piece', async () => {
    const book = await offer({ price: 19.99, stock: 20, category: 'Books' })
    const laptop = await offer({ price: 1500, stock: 5 })
    const code = `TEN-${crypto.randomUUID().slice(0, 6)}`.toUpperCase()
    await must('POST', '/api/promotions', {
      token: boss,
      body: { name: 'Ten percent', code, kind: 'percentage', value: 10, total_limit: 5, per_user_limit: 1 },
    })

    const guest = await ask('POST', '/api/cart/items', { body: { product_id: book.id, quantity: 3 } })
    const cart = guest.headers.get('x-cart-id')!
    expect(cart.length).toBeGreaterThanOrEqual(22)
    await must('POST', '/api/cart/items', { body: { product_id: laptop.id, quantity: 1 }, headers: { 'x-cart-id': cart } })

    const person = await register()
    const merge = () => ask('POST', '/api/cart/merge', { token: person.token, headers: { 'x-cart-id': cart } })
    await Promise.all([merge(), merge(), merge()])
    await must('POST', '/api/cart/coupon', { token: person.token, body: { code: code.toLowerCase() } })
    const seen = await must('GET', '/api/cart', { token: person.token })
    expect(seen.quote).toMatchObject({ subtotal: 1559.97, discount: 156, shipping: 0, tax: 0, total: 1403.97 })

    const address = { line1: 'Hauptstr. 1', city: 'Berlin', postal_code: '10115', country: 'DE' }
    const bought = await order(person, { from_cart: true, coupon_code: code, shipping_address: address })
    expect(bought.status).toBe(201)
    const { id, subtotal, discount, tax, shipping, total_amount, items } = bought.body
    expect({ subtotal, discount }).toEqual({ subtotal: 1559.97, discount: 156 })
    expect(total_amount).toBeCloseTo(subtotal - discount + tax + shipping, 6)
    expect(tax).toBeGreaterThan(0)
    await untilOrder(person, id, 'awaiting_payment')
    await eventually(async () => (await must('GET', '/api/cart', { token: person.token })).items.length === 0)

    expect((await pay(person, id, total_amount)).body.status).toBe('completed')
    const shipment = await untilShipment(person, id)
    for (const status of ['picked_up', 'in_transit', 'delivered']) expect((await carrierSays(shipment.id, status)).status).toBeLessThan(300)
    await untilOrder(person, id, 'delivered')
    expect((await must('GET', `/api/shipping/track/${shipment.tracking_number}`)).status).toBe('delivered')

    const back = await ask('POST', `/api/orders/${id}/returns`, {
      token: person.token,
      body: { lines: [{ product_id: book.id, quantity: 1 }], reason: 'read it already' },
    })
    expect(back.status).toBe(201)
    for (const step of ['approve', 'receive']) await must('POST', `/api/orders/returns/${back.body.id}/${step}`, { token: boss })
    await untilStock(book.id, { quantity: 18, reserved: 0 })
    await untilStock(laptop.id, { quantity: 4, reserved: 0 })
    await eventually(async () => (await orderOf(person, id)).payment_status === 'partially_refunded')
    expect((await orderOf(person, id)).status).toBe('delivered')

    // A third of what three cost: net of the discount, with the tax, to the cent.
    const line = items.find((item: { product_id: string }) => item.product_id === book.id)
    const third = Math.round((line.price * 3 - line.discount + line.tax) * 100) / 3 / 100
    const payment = await paymentOf(person, id)
    expect(payment).toMatchObject({ status: 'partially_refunded', captured_amount: total_amount })
    expect(Math.abs(payment.refunded_amount - third)).toBeLessThanOrEqual(0.005)
    const { items: movements } = await must('GET', `/api/inventory/${book.id}/movements`, { token: boss })
    expect(movements.map(({ delta }: { delta: number }) => delta)).toEqual([1, -3, 20])
  })
})
