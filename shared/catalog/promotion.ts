import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'

const redemption = t.Object({
  order_id: t.Integer(),
  campaign_id: t.Union([t.Integer(), t.Null()]),
  code: t.Union([t.String(), t.Null()]),
  amount: t.Number(),
  reason: t.Optional(t.String()),
})
export const promotionRedeemed = defineEvent('promotion.redeemed', {
  from: 'promotion',
  to: ['order'],
  aggregate: 'redemption',
  data: redemption,
})
export const promotionRejected = defineEvent('promotion.rejected', {
  from: 'promotion',
  to: ['order'],
  aggregate: 'redemption',
  data: redemption,
})
export const promotionReleased = defineEvent('promotion.released', { from: 'promotion', to: [], aggregate: 'redemption', data: redemption })
