import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { PageQuery, page, pageOf } from '#shared/page'
import { IdempotencyHeader } from '#shared/schema'
import type { RatingService } from './compose'
import {
  Approval,
  ByReply,
  ByReview,
  ModeratedReplyView,
  ModeratedReviewView,
  moderatedReviewView,
  Rejection,
  ReportedReviewView,
} from './model'
import { keyed } from './routes'

export const moderationRoutes = ({ http, lists, moderation }: Pick<RatingService, 'lists' | 'moderation'> & { http: Http }) =>
  http('/api/ratings')
    .get('/pending', async ({ query }) => page(await lists.waiting(query), query, moderatedReviewView), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(ModeratedReviewView) },
      detail: { operationId: 'listPendingReviews', summary: 'The reviews that wait for approval, the longest waiting first' },
    })
    .get('/replies/pending', async ({ query }) => page(await lists.waitingReplies(query), query, moderatedReviewView), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(ModeratedReviewView) },
      detail: {
        operationId: 'listPendingReplies',
        summary: 'The reviews with replies that wait for approval, the longest waiting first',
      },
    })
    .get('/:id', ({ params }) => moderation.byId(params.id), {
      auth: 'admin',
      params: ByReview,
      response: { 200: ReportedReviewView },
      problems: ['review_not_found'],
      detail: {
        operationId: 'getReview',
        summary: 'A review with its spam score, the signals behind it, its reports and what was decided',
      },
    })
    .post(
      '/:id/approve',
      async ({ user, params, body, headers, set }) => {
        const request = keyed({ user, headers }, `POST /api/ratings/${params.id}/approve`)
        return replyWith(set, await moderation.approve(request, params.id, body.reason ?? null))
      },
      {
        auth: 'admin',
        params: ByReview,
        headers: IdempotencyHeader,
        body: Approval,
        response: { 200: ModeratedReviewView },
        problems: ['review_not_found'],
        detail: { operationId: 'approveReview', summary: 'Publish a review; the spam filter learns that it is none' },
      },
    )
    .post(
      '/:id/reject',
      async ({ user, params, body, headers, set }) => {
        const request = keyed({ user, headers }, `POST /api/ratings/${params.id}/reject`)
        return replyWith(set, await moderation.reject(request, params.id, body.reason, body.spam ?? true))
      },
      {
        auth: 'admin',
        params: ByReview,
        headers: IdempotencyHeader,
        body: Rejection,
        response: { 200: ModeratedReviewView },
        problems: ['review_not_found'],
        detail: {
          operationId: 'rejectReview',
          summary: 'Reject a review, with the reason that its author sees; the spam filter learns from it',
        },
      },
    )
    .post(
      '/:id/replies/:reply_id/approve',
      async ({ user, params: { id, reply_id }, body, headers, set }) => {
        const request = keyed({ user, headers }, `POST /api/ratings/${id}/replies/${reply_id}/approve`)
        return replyWith(set, await moderation.approveReply(request, id, reply_id, body.reason ?? null))
      },
      {
        auth: 'admin',
        params: ByReply,
        headers: IdempotencyHeader,
        body: Approval,
        response: { 200: ModeratedReplyView },
        problems: ['review_not_found', 'reply_not_found'],
        detail: { operationId: 'approveReply', summary: 'Publish a reply; the spam filter learns that it is none' },
      },
    )
    .post(
      '/:id/replies/:reply_id/reject',
      async ({ user, params: { id, reply_id }, body, headers, set }) => {
        const request = keyed({ user, headers }, `POST /api/ratings/${id}/replies/${reply_id}/reject`)
        return replyWith(set, await moderation.rejectReply(request, id, reply_id, body.reason, body.spam ?? true))
      },
      {
        auth: 'admin',
        params: ByReply,
        headers: IdempotencyHeader,
        body: Rejection,
        response: { 200: ModeratedReplyView },
        problems: ['review_not_found', 'reply_not_found'],
        detail: { operationId: 'rejectReply', summary: 'Reject a reply: it is not shown any more; the spam filter learns from it' },
      },
    )
