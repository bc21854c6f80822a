import type { Place } from '#shared/address'
import { ask, type Clients } from '#shared/client'
import { createOffers } from '#shared/offers'
import { second } from '#shared/time'
import type { UserApi } from '../user/app'

/** Everything that cart asks of other services. A shopper looks at the cart often, so that it waits for none of them long. */
export const cartClients = (client: Clients, { rememberMs = second } = {}) => {
  const deadlineMs = second
  const users = client<UserApi>('user', { deadlineMs })
  return {
    offers: createOffers(client, { deadlineMs, rememberMs }),

    /** Where a user's default address is; empty without one. */
    defaultPlace: (userId: number): Promise<Place> => ask('user', users.internal.users({ id: userId }).place.get()),
  }
}
export type CartClients = ReturnType<typeof cartClients>
