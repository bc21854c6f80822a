import { describe, expect, test } from 'bun:test'
import type { Static } from '#shared/schema'
import type { CartView } from '../../services/cart/model'
import type { MovementView } from '../../services/inventory/model'
import type { OrderView } from '../../services/order/model'
import type { ReturnView } from '../../services/order/return-model'
import type { PaymentView } from '../../services/payment/model'
import type { ProductView } from '../../services/product/model'
import type { TrackView } from '../../services/shipping/model'
import type { Profile } from '../../services/user/model'
import type { List, Reply } from '../caller'
import { expectNoDriftAfterwards, type Login, shop, unique } from '../shop'
import { shopperOf, until } from '../shopper'

const admin = await shop.admin()
expectNoDriftAfterwards()

describe('the sample flow', () => {
  test('registers, logs in, creates a product, orders two and pays 3000', async () => {
    const name = `user-${unique()}`
    const email = `${name}@example.com`
    const account = {
      email,
      username: name,
      password: 'password123',
      full_name: 'Test User',
      phone: '0123456789',
      address: '123 Main St, City',
    }
    const registered = await shop.guest.ask<Static<typeof Profile>>('POST', '/auth/register', { body: account })
    expect(registered.status).toBe(201)
    expect(registered.body).toMatchObject({ email, username: name, role: 'customer', email_verified: false, address: '123 Main St, City' })

    const login = await shop.guest.ask<Login>('POST', '/auth/login', { body: { username: name, password: 'password123' } })
    expect(login.body).toMatchObject({ token_type: 'bearer', user_id: registered.body.id, email })
    const person = shopperOf(registered.body.id, shop.as(login.body.access_token))

    const product = await admin.call<ProductView>('POST', '/api/products', {
      body: { name: 'Laptop', description: 'High-performance laptop', price: 1500, category: 'Electronics', stock: 10, sku: `LT-${name}` },
    })
    expect(product).toMatchObject({ price: 1500, currency: 'USD', stock: 10 })

    const order = await person.ask<OrderView>('POST', '/api/orders', {
      body: { user_id: person.id, items: [{ product_id: product.id, quantity: 2, price: 1500 }], shipping_address: '123 Main St, City' },
    })
    const { id } = order.body
    expect(order.status).toBe(201)
    expect(order.headers.get('location')).toBe(`/api/orders/${id}`)
    const amounts = { subtotal: 3000, discount: 0, tax: 0, shipping: 0, total_amount: 3000, currency: 'USD' }
    expect(order.body).toMatchObject({ status: 'pending', ...amounts })

    // Without waiting: the payment itself waits until the stock is reserved.
    const payment = await person.ask<PaymentView>('POST', '/api/payments', {
      body: { order_id: id, amount: 3000, payment_method: 'credit_card' },
    })
    expect(payment.status).toBe(201)
    const paid = { order_id: id, amount: 3000, currency: 'USD', status: 'completed', payment_method: 'credit_card' }
    expect(payment.body).toMatchObject(paid)

    await person.untilOrder(id, 'fulfilling')
    await shop.untilStock(product.id, { quantity: 8, reserved: 0 })
    const shipment = await person.untilShipment(id)
    expect(shipment.lines).toEqual([{ product_id: product.id, sku: product.sku, quantity: 2 }])
    expect(await person.timelineOf(id)).toEqual(
      expect.arrayContaining(['order.created', 'inventory.reserved', 'payment.processed', 'inventory.committed', 'shipment.created']),
    )
  })
})

describe('from a guest’s cart to a return', () => {
  test('everything adds up, to the cent and to the piece', async () => {
    const book = await shop.addProduct({ price: 19.99, stock: 20, category: 'Books' })
    const laptop = await shop.addProduct({ price: 1500, stock: 5 })
    const coupon = await shop.addCoupon({ total_limit: 5, per_user_limit: 1 })

    const guest = await shop.guest.ask('POST', '/api/cart/items', { body: { product_id: book.id, quantity: 3 } })
    const cart = String(guest.headers.get('x-cart-id'))
    expect(cart.length).toBeGreaterThanOrEqual(22)
    await shop.guest.call('POST', '/api/cart/items', { body: { product_id: laptop.id, quantity: 1 }, headers: { 'x-cart-id': cart } })

    const person = await shop.shopper()
    const merge = () => person.ask('POST', '/api/cart/merge', { headers: { 'x-cart-id': cart } })
    await Promise.all([merge(), merge(), merge()])
    await person.call('POST', '/api/cart/coupon', { body: { code: coupon.code.toLowerCase() } })
    const merged = await person.call<CartView>('GET', '/api/cart')
    expect(merged.quote).toMatchObject({ subtotal: 1559.97, discount: 156, shipping: 0, tax: 0, total: 1403.97 })

    const address = { line1: 'Hauptstr. 1', city: 'Berlin', postal_code: '10115', country: 'DE' }
    await person.call('POST', '/api/users/me/addresses', { body: { ...address, is_default: true } })
    const { quote } = await person.call<CartView>('GET', '/api/cart')
    const click = () => person.order({ from_cart: true, shipping_address: address })
    const [order, second] = (await Promise.all([click(), click()])).toSorted((a, b) => a.status - b.status) as [
      Reply<OrderView>,
      Reply<OrderView>,
    ]
    expect([order.status, second.status]).toEqual([201, 409])
    const { id, subtotal, discount, tax, shipping, total_amount, items } = order.body
    expect({ subtotal, discount }).toEqual({ subtotal: 1559.97, discount: 156 })
    expect<unknown>(quote).toMatchObject({ subtotal, discount, tax, shipping, total: total_amount, currency: 'USD' })
    expect(total_amount).toBeCloseTo(subtotal - discount + tax + shipping, 6)
    expect(tax).toBeGreaterThan(0)
    await person.untilOrder(id, 'awaiting_payment')
    await until(async () => (await person.call<CartView>('GET', '/api/cart')).items.length === 0)

    expect((await person.pay(order.body)).body.status).toBe('completed')
    const shipment = await person.untilShipment(id)
    await shop.deliver(shipment.id)
    await person.untilOrder(id, 'delivered')
    const tracked = await shop.guest.call<Static<typeof TrackView>>('GET', `/api/shipping/track/${shipment.tracking_number}`)
    expect(tracked.status).toBe('delivered')

    const back = await person.ask<ReturnView>('POST', `/api/orders/${id}/returns`, {
      body: { lines: [{ product_id: book.id, quantity: 1 }], reason: 'read it already' },
    })
    expect(back.status).toBe(201)
    for (const step of ['approve', 'receive']) await admin.call('POST', `/api/orders/returns/${back.body.id}/${step}`)
    await shop.untilStock(book.id, { quantity: 18, reserved: 0 })
    await shop.untilStock(laptop.id, { quantity: 4, reserved: 0 })
    await until(async () => (await person.orderOf(id)).payment_status === 'partially_refunded')
    expect((await person.orderOf(id)).status).toBe('delivered')

    // One of three: a third of what the line cost, with its discount and its tax, to the cent.
    const [line] = items.filter(({ product_id }) => product_id === book.id)
    const third = Math.round(((line?.price ?? 0) * 3 - (line?.discount ?? 0) + (line?.tax ?? 0)) * 100) / 3 / 100
    const payment = await person.paymentOf(id)
    expect(payment).toMatchObject({ status: 'partially_refunded', captured_amount: total_amount })
    expect(Math.abs(payment.refunded_amount - third)).toBeLessThanOrEqual(0.005)
    const { items: movements } = await admin.call<List<Static<typeof MovementView>>>('GET', `/api/inventory/${book.id}/movements`)
    expect(movements.map(({ delta }) => delta)).toEqual([1, -3, 20])
  })
})
