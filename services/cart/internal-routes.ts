import type { Http } from '#shared/http'
import { OrderedFrom, UserParam } from './model'
import type { Carts } from './repository'

export const internalRoutes = ({ http, carts }: { http: Http; carts: Carts }) =>
  http('/internal').get(
    '/carts/:user_id',
    async ({ params }) => {
      const { lines, coupon } = await carts.get({ user: params.user_id })
      const items = lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
      return { items, ...(coupon !== undefined && { coupon_code: coupon }) }
    },
    { internal: ['order'], params: UserParam, response: { 200: OrderedFrom }, detail: { summary: 'What an order from the cart is of' } },
  )
