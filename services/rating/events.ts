import { orderStatusUpdated, userRegistered } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { RatingService } from './compose'

export const ratingHandlers = ({
  people,
  recordDelivery,
  personalData,
}: Pick<RatingService, 'people' | 'recordDelivery' | 'personalData'>) => [
  on(userRegistered, ({ data, time }) => people.registered(data.user_id, new Date(time))),
  on(orderStatusUpdated, async message => {
    if (message.data.status === 'delivered') await recordDelivery(message, message.data)
  }),
  eraseOn(personalData.forget),
]
