import { DriftQuery } from '#shared/drift'
import type { Http } from '#shared/http'
import type { NotificationService } from './compose'
import { DriftView } from './model'

export const internalRoutes = ({ http, drift }: Pick<NotificationService, 'drift'> & { http: Http }) =>
  http('/internal').get('/drift', ({ query }) => drift(new Date(query.until)), {
    internal: ['discovery'],
    query: DriftQuery,
    response: { 200: DriftView },
    detail: { summary: 'Messages that should have been sent by now' },
  })
