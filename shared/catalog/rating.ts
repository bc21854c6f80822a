import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'

/** A review that waits is not shown and not counted until an administrator approves it. */
export const ratingCreated = defineEvent('rating.created', {
  from: 'rating',
  to: ['notification'],
  values: ({ status }) => ({ status }),
  when: { notification: [{ status: 'waiting' }] },
  aggregate: 'review',
  data: t.Object({
    rating_id: t.String(),
    user_id: t.Integer(),
    product_id: t.String(),
    rating: t.Integer({ minimum: 1, maximum: 5 }),
    status: t.Union([t.Literal('published'), t.Literal('waiting')]),
  }),
})

/** The aggregate is the product's summary. Without reviews the average is 0. `score` is the mean that lists are sorted by. */
export const ratingSummaryUpdated = defineEvent('rating.summary_updated', {
  from: 'rating',
  to: ['product', 'search'],
  aggregate: 'summary',
  data: t.Object({ product_id: t.String(), average: t.Number(), count: t.Integer({ minimum: 0 }), score: t.Number() }),
})
