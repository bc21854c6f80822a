import type { Clients } from '#shared/client'
import { createOffers } from '#shared/offers'
import { second } from '#shared/time'

/** Everything that cart asks of other services. A shopper looks at the cart often, so that it waits for none of them long. */
export const cartClients = (client: Clients) => ({ offers: createOffers(client, { deadlineMs: second }) })
export type CartClients = ReturnType<typeof cartClients>
