import { orderCancelled, orderCreated } from '#shared/catalog'
import { on } from '#shared/event'
import { toMinor } from '#shared/money'
import { eraseOn } from '#shared/personal-data'
import type { PromotionService } from './compose'
import { normalCode } from './domain'

export const promotionHandlers = ({ redemptions, eraseUser }: Pick<PromotionService, 'redemptions' | 'eraseUser'>) => [
  on(orderCreated, async message => {
    const { order_id, user_id, currency, coupon_code, campaigns = [] } = message.data
    if (coupon_code === undefined && campaigns.length === 0) return
    await redemptions.redeem(message, {
      orderId: order_id,
      userId: user_id,
      currency,
      code: coupon_code === undefined ? null : normalCode(coupon_code),
      uses: campaigns.map(({ campaign_id, code, amount }) => ({
        campaign_id,
        code: code === undefined ? null : normalCode(code),
        amount: toMinor(amount, currency),
      })),
      placedAt: new Date(message.time),
    })
  }),
  on(orderCancelled, message => redemptions.release(message, message.data.order_id)),
  eraseOn(eraseUser),
]
