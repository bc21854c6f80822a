import { Drift, DriftQuery } from '#shared/drift'
import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { RatingService } from './compose'

const Rated = t.Object({ average: t.Number(), count: t.Integer() })

export const internalRoutes = ({ http, drift }: Pick<RatingService, 'drift'> & { http: Http }) =>
  http('/internal').get('/drift', ({ query }) => drift(new Date(query.since), new Date(query.until)), {
    internal: ['discovery'],
    query: DriftQuery,
    response: { 200: t.Object({ summaries: Drift, ratings: t.Record(t.String(), Rated) }) },
    detail: { summary: 'Products whose summary differs from their reviews, and the ratings of those that changed' },
  })
