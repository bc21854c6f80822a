import { closed, named, oneOf, type Static, t } from '#shared/schema'
import { mostReplies, mostReportsADay, reportsThatHold } from './domain'
import { priorReviews } from './domain-summary'
import { orders } from './list'

/**
 * What a shop in the EU must say about its reviews (directive 2019/2161), and what the FTC's rule on consumer reviews (16 CFR 465) asks for: as
 * data for programs, and in sentences that a storefront can show.
 */
export const Policy = named(
  'ReviewPolicy',
  t.Object({
    who_may_review: oneOf(['registered_users']),
    reviews_per_user_and_product: t.Integer(),
    purchase_required: t.Boolean(),
    verification: t.Object({
      field: oneOf(['verified_purchase']),
      method: oneOf(['delivered_order']),
      unverified_shown: t.Boolean(),
      text: t.String(),
    }),
    publication: t.Object({
      all_published: t.Boolean(),
      waits_when: t.Array(oneOf(['spam_score', 'reports', 'edit_after_rejection', 'deletion_after_hold'])),
      reports_needed: t.Object({ before_approval: t.Integer(), after_approval: t.Integer() }),
      decided_by: oneOf(['administrator']),
      rating_considered: t.Boolean({ description: 'Whether moderation can select reviews by their stars' }),
      reasons_kept: t.Boolean(),
      author_sees_status: t.Boolean(),
      text: t.String(),
    }),
    incentives: t.Object({ field: oneOf(['incentivised']), labelled: t.Boolean(), counted: t.Boolean(), text: t.String() }),
    scoring: t.Object({
      average: oneOf(['mean_of_published']),
      score: t.Object({
        method: oneOf(['bayesian_mean']),
        formula: t.String(),
        prior_reviews: t.Integer(),
        prior_mean: oneOf(['shop_mean']),
      }),
      text: t.String(),
    }),
    sorting: t.Object({
      default: oneOf(orders, ['helpful']),
      orders: t.Object({ helpful: t.String(), newest: t.String(), highest: t.String(), lowest: t.String() }),
    }),
    replies: closed(
      { shop: t.Integer(), customers: t.Integer(), each_customer: t.Integer() },
      { description: 'The most replies to a review' },
    ),
    reports: t.Object({ each_reader_and_day: t.Integer() }),
  }),
)

export const policy: Static<typeof Policy> = {
  who_may_review: 'registered_users',
  reviews_per_user_and_product: 1,
  purchase_required: false,
  verification: {
    field: 'verified_purchase',
    method: 'delivered_order',
    unverified_shown: true,
    text: 'A review is marked as a verified purchase when an order of its author with this product was delivered, before or after the review was written. Reviews without that mark are shown, too.',
  },
  publication: {
    all_published: false,
    waits_when: ['spam_score', 'reports', 'edit_after_rejection', 'deletion_after_hold'],
    reports_needed: { before_approval: reportsThatHold.unseen, after_approval: reportsThatHold.approved },
    decided_by: 'administrator',
    rating_considered: false,
    reasons_kept: true,
    author_sees_status: true,
    text: 'A review that looks like spam, or that several readers reported, waits until an administrator approves or rejects it; so does one whose author deleted a review of the product while that waited, was rejected or had reports that nobody had decided on. The number of its stars plays no part. The author sees its status, and why it was rejected. Replies that readers report wait in the same way; those of the shop take as many reports as what was approved.',
  },
  incentives: {
    field: 'incentivised',
    labelled: true,
    counted: true,
    text: 'Authors say whether they got something for their review. Such reviews are labelled, and count like others.',
  },
  scoring: {
    average: 'mean_of_published',
    score: { method: 'bayesian_mean', formula: '(C * m + sum) / (C + n)', prior_reviews: priorReviews, prior_mean: 'shop_mean' },
    text: 'The average is the plain mean of all published reviews. For sorting products, 8 reviews of the shop’s average are added to those of the product, so that one review does not outweigh a hundred.',
  },
  sorting: {
    default: 'helpful',
    orders: {
      helpful: 'By the lower bound of the 95 % Wilson interval of the votes for helpful; then the newest first.',
      newest: 'The newest first.',
      highest: 'The most stars first; then the newest first.',
      lowest: 'The fewest stars first; then the newest first.',
    },
  },
  replies: { shop: mostReplies.shop, customers: mostReplies.customers, each_customer: mostReplies.each },
  reports: { each_reader_and_day: mostReportsADay },
}
