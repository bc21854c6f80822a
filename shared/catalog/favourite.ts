import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'

/**
 * What a user asked to be told of has happened to a product; once for each change. Of a price drop, `from` is what the user was told last, or the
 * price when the watch was set, and both are in major units of `currency`. Of a return to stock they are pieces, and `from` is 0.
 */
export const watchTriggered = defineEvent('watch.triggered', {
  from: 'favourite',
  to: ['notification'],
  aggregate: 'watch',
  data: t.Object({
    user_id: t.Integer(),
    product_id: t.String(),
    kind: t.Union([t.Literal('price_drop'), t.Literal('back_in_stock')]),
    from: t.Number(),
    to: t.Number(),
    currency: t.Optional(t.String()),
  }),
})
