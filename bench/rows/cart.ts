import { join } from 'node:path'
import { startBare, startBareNginx } from '../bare/process'
import { rate } from '../load'
import { atLeast, pair } from '../measure'
import { json, post, stockedProducts } from '../shop'
import type { Rows } from './rows'

const carts = 500

/** Adds one piece after another to carts. */
export const cart: Rows = {
  needs: ['cart'],
  async *measure(shop) {
    const { gateway, servers, dir } = shop
    const [product_id] = await stockedProducts(shop, await shop.admin(), 1)
    const body = JSON.stringify({ product_id, quantity: 1 })
    // Many carts, since each holds a limited number of pieces.
    const values: string[] = []
    for (let n = 0; n < carts; n++)
      values.push((await post<{ cart_id: string }>(`${gateway}/api/cart/items`, { product_id, quantity: 1 })).cart_id)
    const request = { method: 'POST', headers: json(), bodies: [body], inTurn: { header: 'x-cart-id', values } }
    const bare = await startBare('cart', { REDIS_URL: servers.redis })
    const shown = await startBare('shown', { REDIS_URL: servers.redis })
    const hop = await startBareNginx(join(dir, 'bare-cart'), bare.url, { cached: false })
    const shownHop = await startBareNginx(join(dir, 'bare-shown'), shown.url, { cached: false })
    try {
      const limit = () => rate(hop.url, request)
      const rates = await pair(() => rate(`${gateway}/api/cart/items`, request), limit)
      const withoutKernel = await pair(() => rate(shownHop.url, request), limit)
      const share = (withoutKernel.ours / withoutKernel.limit).toFixed(2)
      yield atLeast(0.8, {
        what: 'cart “+1” through the gateway',
        against: 'Nginx → a bare Elysia route with one Lua call',
        costs: `cart’s own code without the kernel, behind an Nginx that only passes on, reaches ${share}: its script answers the whole cart, of which it shows 600 bytes instead of 190. Microseconds of processor time a request, beside those of the bare side: cart 37 (18), Nginx 20 (15), Redis 12 (7). Tried one by one: the kernel’s request path is 5 to 7 of cart’s, the cart that it shows, checked and encoded, 4 to 5, the longer command and answer in the Redis client 4, and all of it takes a quarter more beside a busy Nginx than alone`,
        ...rates,
      })
    } finally {
      await Promise.all([bare, shown, hop, shownHop].map(one => one.stop()))
    }
  },
}
