import * as catalog from '#shared/catalog'
import { on } from '#shared/event'
import type { Audit } from './audit'

const adminActed = [
  catalog.favouriteAdminActed,
  catalog.inventoryAdminActed,
  catalog.notificationAdminActed,
  catalog.orderAdminActed,
  catalog.paymentAdminActed,
  catalog.productAdminActed,
  catalog.promotionAdminActed,
  catalog.ratingAdminActed,
  catalog.shippingAdminActed,
  catalog.taxAdminActed,
  catalog.userAdminActed,
]

export const userHandlers = ({ audit }: { audit: Pick<Audit, 'receiveAct'> }) => adminActed.map(event => on(event, audit.receiveAct))
