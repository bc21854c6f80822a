import { ask, type Clients, unwrap } from '#shared/client'
import { type exportRoute, personalDataServices } from '#shared/personal-data'
import { released, type ServiceName } from '#shared/platform'
import { second } from '#shared/time'
import type { OrderApi } from '../order/app'

const isReleased = (name: ServiceName) => (released as readonly ServiceName[]).includes(name)
const exportWithinMs = 5 * second

/** A service that holds data about people, and what it holds about one of them. */
export interface DataHolder {
  name: ServiceName
  exportOf(userId: number): Promise<unknown>
}

/** What the user service asks of other services. */
export const userClients = (client: Clients) => {
  const orders = client<OrderApi>('order')
  const holderOf = (name: ServiceName): DataHolder => {
    const { internal } = client<ReturnType<typeof exportRoute>>(name, { deadlineMs: exportWithinMs })
    return { name, exportOf: async userId => (await unwrap(internal.users({ id: userId }).export.get())).data }
  }
  return {
    dataHolders: personalDataServices.filter(isReleased).map(holderOf),

    /** How many orders of a user are not over yet. */
    async openOrders(userId: number): Promise<number> {
      const { count } = await ask('order', orders.internal.users({ id: userId })['open-orders'].get())
      return count
    },
  }
}
export type UserClients = ReturnType<typeof userClients>
