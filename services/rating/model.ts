import { PageQuery } from '#shared/page'
import { booleanText, closed, Id, integerText, named, oneOf, ProductId, type Static, Time, t, text } from '#shared/schema'
import type { ReviewRow } from './database'
import type { Moderated, Reply } from './domain'
import { isShown, moderatedReply, waitingSince } from './domain-replies'
import { orders } from './list'

const ReviewId = t.String({ pattern: '^[0-9a-f]{24}$', examples: ['65a1b2c3d4e5f60718293a4b'] })
export const ByReview = closed({ id: ReviewId })
export const ByReply = closed({ id: ReviewId, reply_id: t.String({ pattern: '^[0-9a-f]{24}$', examples: ['65a1b2c3d4e5f60718293a4c'] }) })
export const ByProductId = closed({ id: ProductId })

const Rating = t.Integer({ minimum: 1, maximum: 5, examples: [5] })
const written = {
  title: t.Union([text(200, 'Light and quiet'), t.Null()]),
  comment: t.Union([text(5000, 'I take it to work every day.'), t.Null()]),
  images: t.Array(t.String({ minLength: 1, maxLength: 2048, examples: ['https://images.example.com/desk.jpg'] }), {
    maxItems: 10,
    description: 'https:// addresses on public hosts. They are never fetched by the shop',
  }),
  incentivised: t.Boolean({ description: 'The author got something for writing; shown with the review' }),
}
const optional = {
  title: t.Optional(written.title),
  comment: t.Optional(written.comment),
  images: t.Optional(written.images),
  incentivised: t.Optional(written.incentivised),
}
const sample = { rating: 5, title: 'Light and quiet', comment: 'I take it to work every day.' }
/** The review of a product that the path names. */
export const ProductReview = named('NewProductReview', closed({ rating: Rating, ...optional }, { examples: [sample] }))
export const NewReview = named(
  'NewReview',
  closed({ product_id: ProductId, rating: Rating, ...optional }, { examples: [{ product_id: '507f1f77bcf86cd799439011', ...sample }] }),
)
export const ChangedReview = named(
  'ReviewChange',
  closed({ rating: t.Optional(Rating), ...optional }, { minProperties: 1, examples: [{ rating: 4 }] }),
)

export const ListQuery = closed({
  ...PageQuery.properties,
  sort: t.Optional(t.Union(orders.map(order => t.Literal(order)))),
  stars: t.Optional(integerText({ minimum: 1, maximum: 5 })),
  verified: t.Optional(booleanText()),
})

export const OwnQuery = closed({ ...PageQuery.properties, product_id: t.Optional(ProductId) })

export const Vote = named('ReviewVote', closed({ helpful: t.Boolean({ examples: [true] }) }))
export const NewReply = named('NewReviewReply', closed({ comment: text(1000, 'Thank you. Does it also fit a small desk?') }))
export const NewReport = named(
  'NewReviewReport',
  closed({ reason: t.Optional(text(500)) }, { examples: [{ reason: 'It is about another product.' }] }),
)
export const Approval = named(
  'ReviewApproval',
  closed({ reason: t.Optional(text(500)) }, { examples: [{ reason: 'A real review of a customer.' }] }),
)
export const Rejection = named(
  'ReviewRejection',
  closed(
    {
      reason: text(500, 'Advertising for another shop.'),
      spam: t.Optional(t.Boolean({ description: 'False if it is rejected for another reason: then the filter learns nothing from it' })),
    },
    { examples: [{ reason: 'Advertising for another shop.' }] },
  ),
)

const UserId = t.Union([Id, t.Null()], { description: 'Null once the person is erased' })
const statuses = ['published', 'waiting', 'rejected'] as const
const Status = named('ReviewStatus', oneOf(statuses, ['published']))
export const ReplyView = named(
  'ReviewReply',
  t.Object({
    id: ByReply.properties.reply_id,
    user_id: t.Union([Id, t.Null()], { description: 'Null for the shop, and once the person is erased' }),
    from_shop: t.Boolean(),
    comment: t.String({ examples: ['Yes, it has two USB-C ports.'] }),
    status: Status,
    created_at: Time,
  }),
)
export type ReplyView = Static<typeof ReplyView>

export const ReviewView = named(
  'Review',
  t.Object({
    id: ReviewId,
    product_id: ProductId,
    user_id: UserId,
    rating: Rating,
    title: t.Union([t.String({ examples: ['Light and quiet'] }), t.Null()]),
    comment: t.Union([t.String({ examples: ['I take it to work every day.'] }), t.Null()]),
    images: t.Array(t.String(), { examples: [['https://shop.example/photo.webp']] }),
    incentivised: t.Boolean(),
    verified_purchase: t.Boolean({ description: 'An order of the author with this product was delivered' }),
    status: Status,
    helpful_up: t.Integer(),
    helpful_down: t.Integer(),
    replies: t.Array(ReplyView),
    created_at: Time,
    updated_at: Time,
  }),
)
export type ReviewView = Static<typeof ReviewView>
/** What the author sees beside it. */
export const OwnReviewView = named(
  'OwnReview',
  t.Object({
    ...ReviewView.properties,
    reason: t.Union([t.String({ examples: ['It is about the delivery, not the product.'] }), t.Null()], {
      description: 'Why it was rejected',
    }),
  }),
)
export type OwnReviewView = Static<typeof OwnReviewView>

const moderated = {
  open_reports: t.Integer({ description: 'Since an administrator last decided' }),
  history: t.Array(named('ReviewDecision', t.Object({ decision: t.String(), reason: t.Union([t.String(), t.Null()]), at: Time }))),
  waiting_since: t.Union([Time, t.Null()]),
}
export const ModeratedReplyView = named('ModeratedReviewReply', t.Object({ ...ReplyView.properties, ...moderated }))
export type ModeratedReplyView = Static<typeof ModeratedReplyView>
export const ModeratedReviewView = named(
  'ModeratedReview',
  t.Object({
    ...ReviewView.properties,
    replies: t.Array(ModeratedReplyView, { description: 'Those that wait and those that were rejected, too' }),
    spam: named(
      'SpamVerdict',
      t.Object({
        score: t.Number(),
        text_score: t.Number(),
        signals: t.Array(named('SpamSignal', t.Object({ name: t.String(), value: t.Number(), weight: t.Number() }))),
      }),
    ),
    ...moderated,
  }),
)
export type ModeratedReviewView = Static<typeof ModeratedReviewView>
const report = { user_id: Id, reason: t.Union([t.String(), t.Null()]), created_at: Time }
export const ReportedReviewView = named(
  'ReportedReview',
  t.Object({
    ...ModeratedReviewView.properties,
    reports: t.Array(named('ReaderReport', t.Object(report))),
    reply_reports: t.Array(named('ReaderReplyReport', t.Object({ reply_id: ByReply.properties.reply_id, ...report }))),
  }),
)

export const VoteView = named(
  'ReviewVotes',
  t.Object({ id: t.String(), helpful: t.Boolean(), helpful_up: t.Integer(), helpful_down: t.Integer() }),
)
export type VoteView = Static<typeof VoteView>
export const ReportView = named('ReviewReport', t.Object({ id: t.String(), reported: t.Literal(true) }))

export const SummaryView = named(
  'ReviewSummary',
  t.Object({
    average: t.Number({ description: 'The plain mean of the published ratings; 0 without any', examples: [4.5] }),
    count: t.Integer({ examples: [2] }),
    histogram: named(
      'StarHistogram',
      t.Object({ '1': t.Integer(), '2': t.Integer(), '3': t.Integer(), '4': t.Integer(), '5': t.Integer() }),
    ),
    score: t.Number({ description: 'The mean that lists are sorted by: see the policy', examples: [4.2] }),
  }),
)

export const replyView = ({ id, user_id, from_shop, comment, status = 'published', created_at }: Reply): ReplyView => ({
  ...{ id, from_shop, comment, status },
  user_id: from_shop ? null : user_id,
  created_at: created_at.toISOString(),
})

export const reviewView = (row: ReviewRow): ReviewView => {
  const { product_id, user_id, rating, title, comment, images, incentivised, verified_purchase, status, helpful_up, helpful_down } = row
  return {
    id: row._id.toHexString(),
    ...{ product_id, user_id, rating, title, comment, images, incentivised, verified_purchase, status, helpful_up, helpful_down },
    replies: row.replies.filter(isShown).map(replyView),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/** Why it was rejected, if it was. */
export const reasonOf = ({ status, history }: Moderated): string | null => (status === 'rejected' ? (history.at(-1)?.reason ?? null) : null)
export const ownReviewView = (row: ReviewRow): OwnReviewView => ({ ...reviewView(row), reason: reasonOf(row) })

const moderation = ({ open_reports, history }: Moderated) => ({
  open_reports,
  history: history.map(({ decision, reason, at }) => ({ decision, reason, at: at.toISOString() })),
})
export const moderatedReplyView = (reply: Reply): ModeratedReplyView => ({
  ...replyView(reply),
  ...moderation(moderatedReply(reply)),
  waiting_since: waitingSince(reply)?.toISOString() ?? null,
})
export const moderatedReviewView = (row: ReviewRow): ModeratedReviewView => ({
  ...reviewView(row),
  replies: row.replies.map(moderatedReplyView),
  spam: row.spam,
  ...moderation(row),
  waiting_since: row.waiting_since?.toISOString() ?? null,
})
