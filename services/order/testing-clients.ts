import { Elysia } from 'elysia'
import { t } from '#shared/schema'
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
  version: number
  items: { product_id: string; sku: string; quantity: number; shown_price?: number | null; currency?: string }[]
  coupon_code: string | undefined
  /** The token of the order that is being placed from it. */
  lease: string | undefined
}

/** The services that order asks, over HTTP. A test changes what they know. */
export const testOrderClients = () => {
  const { shop, apps } = testOffers()
  const known = Object.assign(shop, {
    cart: { version: 1, items: [], coupon_code: undefined, lease: undefined } as CartOfUser,
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
  /** The price that the cart showed is the one that the catalog has, unless the test says another. */
  const cartLine = (item: CartOfUser['items'][number]) => {
    const { price = 0, currency = 'USD', variants = [] } = known.products.get(item.product_id) ?? {}
    const shown_price = variants.find(({ sku }) => sku === item.sku)?.price ?? price
    return { added_price: price, shown_price, currency, ...item }
  }
  const changed = { type: 'about:blank', title: 'Conflict', status: 409, code: 'cart_changed', detail: 'The cart has changed.' }
  const cart = new Elysia()
    .get('/internal/carts/:user_id', () => {
      const { version, items, coupon_code } = known.cart
      return { version, items: items.map(cartLine), ...(coupon_code !== undefined && { coupon_code }) }
    })
    .post(
      '/internal/carts/:user_id/checkout',
      ({ body: { version, token }, set }) => {
        const { cart } = known
        set.status = 204
        if (version !== cart.version || (cart.lease ?? token) !== token) {
          set.status = 409
          set.headers['content-type'] = 'application/problem+json'
          return changed
        }
        cart.lease = token
        return undefined
      },
      { body: t.Object({ version: t.Integer(), token: t.String() }) },
    )
    .post('/internal/carts/:user_id/release', ({ set }) => {
      known.cart.lease = undefined
      set.status = 204
    })
    .post('/internal/carts/:user_id/take', ({ set }) => {
      Object.assign(known.cart, { version: known.cart.version + 1, items: [], lease: undefined })
      set.status = 204
    })

  /** Everything is sold again as in the beginning. */
  const restock = () => {
    known.products.clear()
    for (const each of sold) known.products.set(each.id, structuredClone(each))
  }
  restock()
  return { known, restock, ...testClients({ ...apps, shipping, cart }) }
}
