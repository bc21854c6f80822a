import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '#shared/event'

export const sampleSaved = defineEvent('favourite.saved', {
  from: 'favourite',
  to: [],
  aggregate: 'sample',
  data: t.Object({ user_id: t.Integer(), product_id: t.String(), note: t.String() }),
})
