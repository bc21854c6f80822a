import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { SearchService } from './compose'

export const internalRoutes = ({ http, products, live }: Pick<SearchService, 'products' | 'live'> & { http: Http }) =>
  http('/internal').get('/drift', async () => ({ stored: await products.count(), indexed: live.index.size }), {
    internal: ['discovery'],
    response: t.Object({ stored: t.Integer(), indexed: t.Integer() }),
    detail: { summary: 'How many products are stored, and how many this instance finds, to compare with the catalog’s' },
  })
