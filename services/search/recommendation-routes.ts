import { invalid, notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { SearchService } from './compose'
import type { Candidate } from './domain-recommend'
import { CartQuery, LimitQuery, NewView, ProductParam, Recommendations, recommendedView } from './recommendation-model'

const reasonsFirst =
  'Each item has its `reason`: bought together by others, viewed by the shopper or like what they viewed, similar, popular in the same category, or popular. What is archived, out of stock or there already is left out, and of ten at most four are of one category while there are others.'

type Deps = Pick<SearchService, 'recommend' | 'products' | 'shelf'> & { http: Http }

export const recommendationRoutes = ({ http, recommend, products, shelf }: Deps) => {
  /** What was sold or archived while it was chosen is left out. */
  const shown = async (chosen: readonly Candidate[]) => {
    const stored = await Promise.all(chosen.map(({ id }) => products.read(id)))
    const items = chosen.flatMap((candidate, at) => {
      const [product, facts] = [stored[at], shelf.facts(candidate.id)]
      return product && facts ? [recommendedView(candidate, product, facts)] : []
    })
    return { items }
  }
  return http('/api/recommendations')
    .get('/product/:id', async ({ params, query }) => shown(await recommend.forProduct(params.id, query.limit)), {
      public: true,
      params: ProductParam,
      query: LimitQuery,
      response: Recommendations,
      problems: ['product_not_found', 'search_not_ready'],
      detail: { operationId: 'recommendForProduct', summary: 'What goes with a product', description: reasonsFirst },
    })
    .get('/cart', async ({ query }) => shown(await recommend.forCart(query.product_ids.split(','), query.limit)), {
      public: true,
      query: CartQuery,
      response: Recommendations,
      problems: ['search_not_ready'],
      detail: {
        operationId: 'recommendForCart',
        summary: 'What goes with the products in a cart, and is not among them',
        description: reasonsFirst,
      },
    })
    .get('/me', async ({ user, query }) => shown(await recommend.forUser(user.id, query.limit)), {
      auth: true,
      query: LimitQuery,
      response: Recommendations,
      problems: ['search_not_ready'],
      detail: {
        operationId: 'recommendForMe',
        summary: 'What goes with what I ordered, favoured and viewed last',
        description: reasonsFirst,
      },
    })
}

export const viewRoutes = ({ http, history, shelf }: Pick<SearchService, 'history' | 'shelf'> & { http: Http }) =>
  http('/api/search').post(
    '/views',
    async ({ user, body: { product_id, guest_id }, set }) => {
      if (!user && guest_id === undefined) throw invalid('viewer_required', 'Say who views it: send a `guest_id`, or a token.')
      if (!shelf.facts(product_id)) throw notFound('product')
      if (user && guest_id !== undefined) await history.takeViews(user.id, guest_id)
      if (user) await history.recordView({ user: user.id }, product_id, new Date())
      else if (guest_id !== undefined) await history.recordView({ guest: guest_id }, product_id, new Date())
      set.status = 204
    },
    {
      guest: true,
      body: NewView,
      response: { 204: t.Void() },
      problems: ['viewer_required', 'product_not_found', 'search_not_ready'],
      repeats: 'renews the time of the view',
      detail: {
        operationId: 'recordProductView',
        summary: 'Note that a product is viewed, by me or by a guest',
        description: 'The last 30 views are kept: for 90 days of a user, for 7 days of a guest. Viewing a product again renews its time.',
      },
    },
  )
