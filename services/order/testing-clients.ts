import { Elysia } from 'elysia'
import { testClients } from '#shared/testing'
import { type SoldProduct, testOffers } from '#shared/testing-offers'

export const laptop = '507f1f77bcf86cd799439011'
export const phone = '507f1f77bcf86cd799439012'
export const shirt = '507f1f77bcf86cd799439013'

const product: SoldProduct = {
  id: laptop,
  name: 'Laptop',
  price: 1500,
  currency: 'USD',
  category: 'Electronics',
  stock: 10,
  sku: 'LT-001',
  variants: [],
  status: 'active',
}
const variants = [
  { sku: 'SH-M', price: 10, stock: 5 },
  { sku: 'SH-L', price: 12, stock: 5 },
]
const sold: SoldProduct[] = [
  product,
  { ...product, id: phone, sku: 'PH-1', name: 'Phone', price: 19.99 },
  { ...product, id: shirt, sku: 'SH', name: 'Shirt', price: 10, category: 'Clothes', variants },
]

interface CartOfUser {
  items: { product_id: string; sku: string; quantity: number }[]
  coupon_code: string | undefined
}

/** The services that order asks, over HTTP. A test changes what they know. */
export const testOrderClients = () => {
  const { shop, apps } = testOffers()
  const known = Object.assign(shop, {
    cart: { items: [], coupon_code: undefined } as CartOfUser,
    /** Orders whose parcel was picked up, and those that were voided. */
    pickedUp: new Set<number>(),
    voided: [] as number[],
  })

  const shipping = new Elysia().use(apps.shipping).post('/internal/orders/:id/void', ({ params, set }) => {
    const id = Number(params.id)
    if (known.pickedUp.has(id)) {
      set.status = 409
      set.headers['content-type'] = 'application/problem+json'
      return { voided: false, code: 'already_picked_up', detail: 'The parcel has been picked up.' }
    }
    known.voided.push(id)
    return { voided: true }
  })
  const cart = new Elysia().get('/internal/carts/:user_id', () => {
    const { items, coupon_code } = known.cart
    return { items, ...(coupon_code !== undefined && { coupon_code }) }
  })

  /** Everything is sold again as in the beginning. */
  const restock = () => {
    known.products.clear()
    for (const each of sold) known.products.set(each.id, structuredClone(each))
  }
  restock()
  return { known, restock, ...testClients({ ...apps, shipping, cart }) }
}
