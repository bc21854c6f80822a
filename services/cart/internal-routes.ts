import type { Http } from '#shared/http'
import type { CartService } from './compose'
import { ContentsView, UserParam } from './model'

export const internalRoutes = ({ http, carts }: Pick<CartService, 'carts'> & { http: Http }) =>
  http('/internal').get('/carts/:user_id', ({ params }) => carts.contentsFor(params.user_id), {
    internal: ['order'],
    params: UserParam,
    response: { 200: ContentsView },
    detail: { summary: 'What an order from the cart would contain' },
  })
