import type { Http } from '#shared/http'
import { QuoteBody, QuoteView } from './model'
import type { QuoteTax } from './quote-tax'

export const internalRoutes = ({ http, quoteTax }: { http: Http; quoteTax: QuoteTax }) =>
  http('/internal').post('/quotes', ({ body }) => quoteTax(body), {
    internal: ['order', 'cart'],
    body: QuoteBody,
    response: { 200: QuoteView },
    detail: { summary: 'The tax on an order or a cart' },
  })
