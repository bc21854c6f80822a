import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { page, pageOf } from '#shared/page'
import { IdempotencyHeader, t } from '#shared/schema'
import type { RatingService } from './compose'
import {
  ByProductId,
  ByReply,
  ByReview,
  ChangedReview,
  ListQuery,
  NewReply,
  NewReport,
  NewReview,
  OwnQuery,
  OwnReviewView,
  ownReviewView,
  ProductReview,
  ReplyView,
  ReportView,
  ReviewView,
  reviewView,
  SummaryView,
  Vote,
  VoteView,
} from './model'
import { Policy, policy } from './policy'

interface Keyed {
  user: { id: number }
  headers: { 'idempotency-key'?: string | undefined }
}
/** One key means one act of one user. The act's own body tells two of them apart. */
export const keyed = ({ user, headers }: Keyed, act: string) => ({ scope: `${user.id} ${act}`, key: headers['idempotency-key'] })

type Deps = Pick<RatingService, 'lists' | 'summaries' | 'writing' | 'reactions'> & { http: Http }

export const ratingRoutes = ({ http, lists, summaries, writing, reactions }: Deps) =>
  http('')
    .get('/api/ratings/product/:id', async ({ params, query }) => page(await lists.ofProduct(params.id, query), query, reviewView), {
      public: true,
      params: ByProductId,
      query: ListQuery,
      response: { 200: pageOf(ReviewView) },
      detail: { operationId: 'listReviews', summary: 'The published reviews of a product; the most helpful first by default' },
    })
    .get('/api/products/:id/reviews', async ({ params, query }) => page(await lists.ofProduct(params.id, query), query, reviewView), {
      public: true,
      params: ByProductId,
      query: ListQuery,
      response: { 200: pageOf(ReviewView) },
      detail: { operationId: 'listProductReviews', summary: 'The published reviews of a product, by the product’s own path' },
    })
    .get('/api/ratings/product/:id/summary', ({ params }) => summaries.of(params.id), {
      public: true,
      params: ByProductId,
      response: { 200: SummaryView },
      detail: {
        operationId: 'getReviewSummary',
        summary: 'Average, count and histogram of the published reviews, and the score that lists are sorted by',
      },
    })
    .get('/api/ratings/policy', () => policy, {
      public: true,
      response: { 200: Policy },
      detail: {
        operationId: 'getReviewPolicy',
        summary: 'Who may review, how purchases are verified, and how reviews are held back, scored and sorted',
      },
    })
    .get('/api/ratings/me', async ({ user, query }) => page(await lists.ofAuthor(user.id, query), query, ownReviewView), {
      auth: true,
      query: OwnQuery,
      response: { 200: pageOf(OwnReviewView) },
      detail: {
        operationId: 'listMyReviews',
        summary: 'My reviews with their status, the newest first; with `product_id`, only mine of that product',
      },
    })
    .post(
      '/api/ratings',
      async ({ user, body: { product_id, ...review }, headers, set }) =>
        replyWith(set, await writing.post(keyed({ user, headers }, 'POST /api/ratings'), user.id, product_id, review)),
      {
        auth: true,
        headers: IdempotencyHeader,
        body: NewReview,
        response: { 201: OwnReviewView },
        problems: ['product_not_found', 'invalid_image', 'already_reviewed'],
        detail: {
          operationId: 'createReview',
          summary: 'Review a product, once; a review that looks like spam waits for an administrator',
        },
      },
    )
    .post(
      '/api/products/:id/reviews',
      async ({ user, params, body, headers, set }) =>
        replyWith(set, await writing.post(keyed({ user, headers }, 'POST /api/ratings'), user.id, params.id, body)),
      {
        auth: true,
        params: ByProductId,
        headers: IdempotencyHeader,
        body: ProductReview,
        response: { 201: OwnReviewView },
        problems: ['product_not_found', 'invalid_image', 'already_reviewed'],
        detail: { operationId: 'reviewProduct', summary: 'Review a product, by the product’s own path' },
      },
    )
    .patch('/api/ratings/:id', ({ user, params, body }) => writing.edit(params.id, user.id, body), {
      auth: true,
      params: ByReview,
      body: ChangedReview,
      response: { 200: OwnReviewView },
      problems: ['review_not_found', 'invalid_image'],
      detail: { operationId: 'updateReview', summary: 'Change a review of one’s own; it is looked at by the spam filter again' },
    })
    .delete(
      '/api/ratings/:id',
      async ({ user, params, set }) => {
        await writing.remove(params.id, user.id)
        set.status = 204
      },
      {
        auth: true,
        params: ByReview,
        response: { 204: t.Void() },
        problems: ['review_not_found'],
        detail: { operationId: 'deleteReview', summary: 'Delete a review of one’s own' },
      },
    )
    .post(
      '/api/ratings/:id/helpful',
      async ({ user, params, body, headers, set }) => {
        const request = keyed({ user, headers }, `POST /api/ratings/${params.id}/helpful`)
        return replyWith(set, await reactions.vote(request, params.id, user, body.helpful))
      },
      {
        auth: true,
        params: ByReview,
        headers: IdempotencyHeader,
        body: Vote,
        response: { 200: VoteView },
        problems: ['review_not_found', 'own_review'],
        detail: { operationId: 'voteOnReview', summary: 'Vote whether a review helps; a second vote replaces the first' },
      },
    )
    .post(
      '/api/ratings/:id/replies',
      async ({ user, params, body, headers, set }) => {
        const request = keyed({ user, headers }, `POST /api/ratings/${params.id}/replies`)
        return replyWith(set, await reactions.reply(request, params.id, user, body.comment))
      },
      {
        auth: true,
        params: ByReview,
        headers: IdempotencyHeader,
        body: NewReply,
        response: { 201: ReplyView },
        problems: ['review_not_found', 'too_many_replies', 'looks_like_spam'],
        detail: { operationId: 'replyToReview', summary: 'Reply to a review; an administrator replies for the shop' },
      },
    )
    .delete(
      '/api/ratings/:id/replies/:reply_id',
      async ({ user, params, set }) => {
        await reactions.deleteReply(params.id, params.reply_id, user)
        set.status = 204
      },
      {
        auth: true,
        params: ByReply,
        response: { 204: t.Void() },
        problems: ['review_not_found', 'reply_not_found'],
        detail: { operationId: 'deleteReply', summary: 'Delete a reply of one’s own; an administrator deletes any' },
      },
    )
    .post(
      '/api/ratings/:id/report',
      async ({ user, params, body, headers, set }) => {
        const request = keyed({ user, headers }, `POST /api/ratings/${params.id}/report`)
        return replyWith(set, await reactions.report(request, params.id, user, body.reason ?? null))
      },
      {
        auth: true,
        params: ByReview,
        headers: IdempotencyHeader,
        body: NewReport,
        response: { 200: ReportView },
        problems: ['review_not_found', 'own_review', 'too_many_reports'],
        detail: { operationId: 'reportReview', summary: 'Report a review; several reports send it to an administrator' },
      },
    )
    .post(
      '/api/ratings/:id/replies/:reply_id/report',
      async ({ user, params: { id, reply_id }, body, headers, set }) => {
        const request = keyed({ user, headers }, `POST /api/ratings/${id}/replies/${reply_id}/report`)
        return replyWith(set, await reactions.reportReply(request, id, reply_id, user, body.reason ?? null))
      },
      {
        auth: true,
        params: ByReply,
        headers: IdempotencyHeader,
        body: NewReport,
        response: { 200: ReportView },
        problems: ['review_not_found', 'reply_not_found', 'own_reply', 'too_many_reports'],
        detail: { operationId: 'reportReply', summary: 'Report a reply; several reports send it to an administrator' },
      },
    )
