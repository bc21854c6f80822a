import { userDeleted } from './catalog'
import { type Message, on } from './event'
import type { Http } from './http'
import type { ServiceName } from './platform'
import { IdParam, t } from './schema'

/** The services that hold data about people, released or not. Each mounts `exportRoute`. */
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

/** A service's part of a person's export. */
export const exportRoute = ({ http, exportOf }: { http: Http; exportOf: (userId: number) => Promise<unknown> }) =>
  http('/internal/users').get('/:id/export', async ({ params }) => ({ data: await exportOf(params.id) }), {
    internal: ['user'],
    params: IdParam,
    response: { 200: t.Object({ data: t.Unknown() }) },
    detail: { summary: 'What this service holds about a person' },
  })

/** The handler that erases or anonymises a person here. */
export const eraseOn = (forget: (message: Message, userId: number) => Promise<unknown>) =>
  on(userDeleted, message => forget(message, message.data.user_id))
