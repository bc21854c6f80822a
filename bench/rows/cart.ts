import { join } from 'node:path'
import { startBare, startBareNginx } from '../bare/process'
import { rate } from '../load'
import { atLeast, pair } from '../measure'
import { json, stockedProducts } from '../shop'
import type { Rows } from './rows'

/** A shopper adds one more, and one more. */
export const cart: Rows = {
  needs: ['cart'],
  async *measure(shop) {
    const { gateway, servers, dir } = shop
    const [product_id] = await stockedProducts(shop, await shop.admin(), 1)
    const body = JSON.stringify({ product_id, quantity: 1 })
    const added = await fetch(`${gateway}/api/cart/items`, { method: 'POST', headers: json(), body })
    const cartId = added.headers.get('x-cart-id')
    if (!added.ok || !cartId) throw new Error(`the cart answers ${added.status} ${await added.text()}`)
    const bare = await startBare('cart', { REDIS_URL: servers.redis })
    const hop = await startBareNginx(join(dir, 'bare-cart'), bare.url, { cached: false })
    try {
      const rates = await pair(
        () => rate(`${gateway}/api/cart/items`, { method: 'POST', headers: { ...json(), 'x-cart-id': cartId }, bodies: [body] }),
        () => rate(hop.url, { method: 'POST', headers: json(), bodies: [body] }),
      )
      yield atLeast(0.8, {
        what: 'cart “+1” through the gateway',
        against: 'Nginx → a bare Elysia route with one Lua call',
        costs: 'the answer is the whole cart: its product looked up again and the quote asked of promotion, shipping and tax',
        ...rates,
      })
    } finally {
      await Promise.all([bare.stop(), hop.stop()])
    }
  },
}
