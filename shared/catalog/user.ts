import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'

const userId = t.Object({ user_id: t.Integer() })
const userToken = t.Object({ user_id: t.Integer(), token_id: t.String() })
/** The address to warn is asked for by `warning_id`, which instances of an earlier release leave out. */
const userWarning = t.Object({ user_id: t.Integer(), warning_id: t.Optional(t.String()) })

export const userRegistered = defineEvent('user.registered', {
  from: 'user',
  to: ['notification', 'rating'],
  aggregate: 'user',
  data: userId,
})
export const userUpdated = defineEvent('user.updated', { from: 'user', to: ['notification'], aggregate: 'user', data: userId })
export const userDeleted = defineEvent('user.deleted', {
  from: 'user',
  to: ['cart', 'order', 'payment', 'promotion', 'shipping', 'favourite', 'notification', 'rating', 'search'],
  aggregate: 'user',
  data: userId,
})
export const passwordResetRequested = defineEvent('user.password_reset_requested', {
  from: 'user',
  to: ['notification'],
  aggregate: 'user',
  data: userToken,
})
/** A new e-mail waits for its link to be followed. */
export const emailChangeRequested = defineEvent('user.email_change_requested', {
  from: 'user',
  to: ['notification'],
  aggregate: 'user',
  data: userWarning,
})
/** A login from a device and an address that this user had not used before. */
export const userSignedIn = defineEvent('user.signed_in', { from: 'user', to: ['notification'], aggregate: 'user', data: userWarning })
/** A new password was set, with the old one or by a mailed link. */
export const passwordChanged = defineEvent('user.password_changed', {
  from: 'user',
  to: ['notification'],
  aggregate: 'user',
  data: userWarning,
})
export const emailVerificationRequested = defineEvent('user.email_verification_requested', {
  from: 'user',
  to: ['notification'],
  aggregate: 'user',
  data: userToken,
})
