import { type Clients, unwrap } from './client'
import type { Http } from './http'
import { closed, IdParam, t } from './schema'
import { released, type ServiceName } from './services'

/** What every service that keeps something about people mounts: its part of a person's export. */
export const exportRoute = ({ http, exportOf }: { http: Http; exportOf: (userId: number) => Promise<unknown> }) =>
  http('/internal/users').get('/:id/export', async ({ params }) => ({ data: await exportOf(params.id) }), {
    internal: ['user'],
    params: IdParam,
    response: { 200: t.Object({ data: t.Unknown() }) },
    detail: { summary: 'What this service holds about somebody' },
  })

/** What order mounts: nobody is erased while something is on its way to them. */
export const openOrdersRoute = ({ http, openOrders }: { http: Http; openOrders: (userId: number) => Promise<number> }) =>
  http('/internal/users').get('/:id/open-orders', async ({ params }) => ({ count: await openOrders(params.id) }), {
    internal: ['user'],
    params: IdParam,
    response: { 200: closed({ count: t.Integer() }) },
    detail: { summary: 'How many orders of somebody are still under way' },
  })

const keepers: readonly ServiceName[] = [
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
const isReleased = (name: ServiceName) => (released as readonly ServiceName[]).includes(name)
const deadlineMs = 5000

/** Asks them; a service that this release doesn't ship holds nothing. */
export const personalDataElsewhere = (client: Clients) => ({
  holders: keepers.filter(isReleased).map(name => ({
    name,
    exportOf: async (userId: number): Promise<unknown> => {
      const { data } = await unwrap(
        client<ReturnType<typeof exportRoute>>(name, { deadlineMs }).internal.users({ id: userId }).export.get(),
      )
      return data
    },
  })),
  openOrders: async (userId: number): Promise<number> => {
    if (!isReleased('order')) return 0
    const { count } = await unwrap(client<ReturnType<typeof openOrdersRoute>>('order').internal.users({ id: userId })['open-orders'].get())
    return count
  },
})
