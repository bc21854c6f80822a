import * as catalog from '#shared/catalog'
import { type Message, on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { NotificationService } from './compose'
import type { Kind } from './domain'

type Deps = Pick<NotificationService, 'telling' | 'clients' | 'personalData' | 'forgetLanguage' | 'reviewRequestAfterMs'>

/** A message does not grow with the order that it is about. */
const mostItems = 50
/** The carrier has it. A later step of the same parcel says nothing new. */
const onTheWay = ['picked_up', 'in_transit']
/** In place of a carrier: the buyer collects the parcel. */
const pickup = 'pickup'

/** Every handler only stores what the event says; who gets it how is decided there, and its words are found when it is sent or shown. */
export const notificationHandlers = ({ telling, clients, personalData, forgetLanguage, reviewRequestAfterMs }: Deps) => {
  const tellUser = (message: Message, kind: Kind, userId: number, facts: Record<string, unknown> = {}, cause = message.id) =>
    telling.tell(message, { kind, cause, users: [userId], facts })
  const warn = (message: Message, kind: Kind, { user_id, warning_id }: { user_id: number; warning_id?: string }) =>
    tellUser(message, kind, user_id, { time: message.time, ...(warning_id !== undefined && { warning_id }) })
  const tellAdmins = async (message: Message, kind: Kind, facts: Record<string, unknown>) =>
    telling.tell(message, { kind, cause: message.id, users: await clients.adminIds(), facts })

  return [
    on(catalog.userRegistered, message => tellUser(message, 'welcome', message.data.user_id)),
    on(catalog.emailVerificationRequested, ({ data, ...message }) =>
      tellUser({ ...message, data }, 'verify_email', data.user_id, { token_id: data.token_id }),
    ),
    on(catalog.passwordResetRequested, ({ data, ...message }) =>
      tellUser({ ...message, data }, 'password_reset', data.user_id, { token_id: data.token_id }),
    ),
    on(catalog.emailChangeRequested, message => warn(message, 'email_change', message.data)),
    on(catalog.passwordChanged, message => warn(message, 'password_changed', message.data)),
    on(catalog.userSignedIn, message => warn(message, 'new_sign_in', message.data)),
    on(catalog.userUpdated, message => forgetLanguage(message.data.user_id)),
    on(catalog.orderCreated, message => {
      const { order_id, user_id, total_amount: total, currency, items, shipping_option } = message.data
      const lines = items.slice(0, mostItems).map(({ product_id, sku, quantity, price }) => ({ product_id, sku, quantity, price }))
      return tellUser(message, 'order_placed', user_id, { order_id, total, currency, items: lines, shipping_option })
    }),
    on(catalog.orderStatusUpdated, async message => {
      const { order_id, user_id, status, previous, reason = '', cancelled_by, shipping_option, items } = message.data
      // Payment alone is told what the order costs: nothing has become of the order.
      if (status === previous) return undefined
      if (status === 'paid') return tellUser(message, 'order_paid', user_id, { order_id })
      if (status === 'cancelled')
        return tellUser(message, 'order_cancelled', user_id, { order_id, reason, ...(cancelled_by && { cancelled_by }) })
      if (status !== 'delivered') return undefined
      const lines = items.slice(0, mostItems).map(({ product_id, sku }) => ({ product_id, sku }))
      const news = { cause: message.id, users: [user_id] }
      return telling.tell(
        message,
        { ...news, kind: 'order_delivered', facts: { order_id, ...(shipping_option && { shipping_option }) } },
        {
          ...{ ...news, kind: 'review_request', facts: { order_id, items: lines } },
          dueAt: new Date(new Date(message.time).getTime() + reviewRequestAfterMs),
        },
      )
    }),
    on(catalog.orderReturnUpdated, async message => {
      const { return_id, order_id, user_id, status, reason } = message.data
      const facts = { return_id, order_id, ...(reason !== undefined && { reason }) }
      if (status === 'requested') return tellAdmins(message, 'return_requested', facts)
      if (status === 'approved') return tellUser(message, 'return_approved', user_id, facts)
      return status === 'rejected' ? tellUser(message, 'return_rejected', user_id, facts) : undefined
    }),
    on(catalog.paymentPending, message => {
      const { order_id, user_id, amount, currency, reference, due_at, bank_account } = message.data
      const facts = { order_id, amount, currency, reference, due_at, ...(bank_account && { bank_account }) }
      return tellUser(message, 'payment_pending', user_id, facts)
    }),
    on(catalog.paymentRefunded, message => {
      const { order_id, user_id, amount, currency } = message.data
      return tellUser(message, 'order_refunded', user_id, { order_id, amount, currency })
    }),
    on(catalog.shipmentReady, message => {
      const { shipment_id, order_id, user_id } = message.data
      return tellUser(message, 'ready_for_pickup', user_id, { order_id }, `shipment ${shipment_id}`)
    }),
    on(catalog.shipmentUpdated, async message => {
      const { shipment_id, order_id, user_id, tracking_number, carrier, status } = message.data
      // What is picked up without a carrier is in the buyer's hands.
      if (!onTheWay.includes(status) || carrier === pickup) return undefined
      return tellUser(message, 'order_shipped', user_id, { order_id, tracking_number, carrier }, `shipment ${shipment_id}`)
    }),
    on(catalog.watchTriggered, message => {
      const { user_id, product_id, kind, from, to, currency } = message.data
      const prices = kind === 'price_drop' ? { from, to, ...(currency !== undefined && { currency }) } : {}
      return tellUser(message, kind as 'price_drop' | 'back_in_stock', user_id, { product_id, ...prices })
    }),
    on(catalog.ratingCreated, async message => {
      const { rating_id, product_id, rating, status } = message.data
      return status === 'waiting' ? tellAdmins(message, 'review_waiting', { rating_id, product_id, rating }) : undefined
    }),
    on(catalog.inventoryLow, message => {
      const { product_id, sku, available } = message.data
      return tellAdmins(message, 'low_stock', { product_id, sku, available })
    }),
    eraseOn(personalData.forget),
  ]
}
