import type { Http } from './http'
import { IdParam, t } from './schema'
import type { ServiceName } from './services'

/** Who keeps something about people, released or not. Each mounts `exportRoute`, and what is erased it hears as `user.deleted`. */
export const keepers: readonly ServiceName[] = [
  'order',
  'payment',
  'shipping',
  'promotion',
  'rating',
  'favourite',
  'notification',
  'cart',
  'search',
]

/** A service's part of a person's export. */
export const exportRoute = ({ http, exportOf }: { http: Http; exportOf: (userId: number) => Promise<unknown> }) =>
  http('/internal/users').get('/:id/export', async ({ params }) => ({ data: await exportOf(params.id) }), {
    internal: ['user'],
    params: IdParam,
    response: { 200: t.Object({ data: t.Unknown() }) },
    detail: { summary: 'What this service holds about somebody' },
  })
