import { inventoryCommitted, orderCancelled } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { Dispatch } from './dispatch'
import type { PersonalData } from './personal-data'
import type { Voids } from './voids'

interface Deps {
  dispatch: Dispatch
  voids: Voids
  personal: PersonalData
}

export const shippingHandlers = ({ dispatch, voids, personal }: Deps) => [
  on(inventoryCommitted, message => dispatch.committed(message, message.data.order_id)),
  on(orderCancelled, message => voids.cancelled(message, message.data.order_id)),
  eraseOn(personal.forget),
]
