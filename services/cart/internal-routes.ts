import type { Http } from '#shared/http'
import { OrderedFrom, UserParam } from './model'
import type { Carts } from './repository'

export const internalRoutes = ({ http, carts }: { http: Http; carts: Carts }) =>
  http('/internal').get('/carts/:user_id', ({ params }) => carts.heldFor(params.user_id), {
    internal: ['order'],
    params: UserParam,
    response: { 200: OrderedFrom },
    detail: { summary: 'What an order from the cart is of' },
  })
