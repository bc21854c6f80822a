import { inventoryCommitted, orderCancelled } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { ShippingPersonalData } from './personal-data'
import type { ShipOrder } from './ship-order'
import type { VoidCancelledOrder } from './void-order'

interface Deps {
  shipOrder: ShipOrder
  voidCancelledOrder: VoidCancelledOrder
  personalData: ShippingPersonalData
}

export const shippingHandlers = ({ shipOrder, voidCancelledOrder, personalData }: Deps) => [
  on(inventoryCommitted, shipOrder),
  on(orderCancelled, message => voidCancelledOrder(message, message.data.order_id)),
  eraseOn(personalData.forget),
]
