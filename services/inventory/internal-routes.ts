import type { Http } from '#shared/http'
import type { StockDrift } from './drift'
import { DriftQuery, DriftView } from './model'

export const internalRoutes = ({ http, drift }: { http: Http; drift: StockDrift }) =>
  http('/internal').get('/drift', ({ query }) => drift(new Date(query.since), new Date(query.until)), {
    internal: ['discovery'],
    query: DriftQuery,
    response: { 200: DriftView },
    detail: { summary: 'What changed in a window, and what of it does not add up' },
  })
