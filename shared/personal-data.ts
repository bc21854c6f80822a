import { userDeleted } from './catalog'
import { type Message, on } from './event'
import type { Http } from './http'
import type { ServiceName } from './platform'
import { IdParam, t } from './schema'

/** The services that store personal data, released or not. Each of them has the `exportRoute`. */
export const personalDataServices: readonly ServiceName[] = [
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

/** A service's part of the export of a person's data. */
export const exportRoute = ({ http, exportOf }: { http: Http; exportOf: (userId: number) => Promise<unknown> }) =>
  http('/internal/users').get('/:id/export', async ({ params }) => ({ data: await exportOf(params.id) }), {
    internal: ['user'],
    params: IdParam,
    response: { 200: t.Object({ data: t.Unknown() }) },
    detail: { summary: 'What this service holds about a person' },
  })

/** The handler of `user.deleted`, which erases or anonymises a person's data in this service. */
export const eraseOn = (forget: (message: Message, userId: number) => Promise<unknown>) =>
  on(userDeleted, message => forget(message, message.data.user_id))
