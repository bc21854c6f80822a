import { adminActedIn } from '../admin-acts'

/** Every service with an outbox publishes what administrators do in it. */
export const favouriteAdminActed = adminActedIn('favourite')
export const inventoryAdminActed = adminActedIn('inventory')
export const notificationAdminActed = adminActedIn('notification')
export const orderAdminActed = adminActedIn('order')
export const paymentAdminActed = adminActedIn('payment')
export const productAdminActed = adminActedIn('product')
export const promotionAdminActed = adminActedIn('promotion')
export const ratingAdminActed = adminActedIn('rating')
export const shippingAdminActed = adminActedIn('shipping')
export const taxAdminActed = adminActedIn('tax')
export const userAdminActed = adminActedIn('user')
