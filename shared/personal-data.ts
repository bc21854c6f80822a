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

const exportedAtOnce = 1000

/**
 * All rows of a person, however many there are: a partial export would look complete. `read` returns the rows whose key is greater than
 * `after`, in ascending order.
 */
export const allRows = async <Row>(read: (after: number, limit: number) => Promise<Row[]>, keyOf: (row: Row) => number): Promise<Row[]> => {
  const rows: Row[] = []
  for (let after = 0; ; ) {
    const page = await read(after, exportedAtOnce)
    rows.push(...page)
    const last = page.at(-1)
    if (!last || page.length < exportedAtOnce) return rows
    after = keyOf(last)
  }
}

/** The handler of `user.deleted`, which erases or anonymises a person's data in this service. */
export const eraseOn = (forget: (message: Message, userId: number) => Promise<unknown>) =>
  on(userDeleted, message => forget(message, message.data.user_id))
