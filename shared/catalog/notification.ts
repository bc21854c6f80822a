import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'

/** Someone has a new message in the shop. */
export const notificationCreated = defineEvent('notification.created', {
  from: 'notification',
  to: [],
  aggregate: 'notification',
  data: t.Object({ notification_id: t.Integer(), user_id: t.Integer(), kind: t.String() }),
})
