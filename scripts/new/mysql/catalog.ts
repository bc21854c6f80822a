import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '#shared/event'

export const favouriteSaved = defineEvent('favourite.saved', {
  from: 'favourite',
  to: [],
  aggregate: 'favourite',
  data: t.Object({ user_id: t.Integer(), product_id: t.String(), note: t.String() }),
})
