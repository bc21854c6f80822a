import { type Clients, unwrap } from '#shared/client'
import { type exportRoute, personalDataServices } from '#shared/personal-data'
import { released, type ServiceName } from '#shared/platform'
import type { OrderApi } from '../order/app'

const isReleased = (name: ServiceName) => (released as readonly ServiceName[]).includes(name)
const deadlineMs = 5000

/** What others know of a person; a service that this release doesn't ship holds nothing. */
export const neighbours = (client: Clients) => ({
  holders: personalDataServices.filter(isReleased).map(name => ({
    name,
    exportOf: async (userId: number): Promise<unknown> => {
      const { data } = await unwrap(
        client<ReturnType<typeof exportRoute>>(name, { deadlineMs }).internal.users({ id: userId }).export.get(),
      )
      return data
    },
  })),
  openOrders: async (userId: number): Promise<number> => {
    const { count } = await unwrap(client<OrderApi>('order').internal.users({ id: userId })['open-orders'].get())
    return count
  },
})
