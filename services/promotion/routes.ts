import { guesserOf } from '#shared/client-address'
import { forbidden } from '#shared/errors'
import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { page, pageOf } from '#shared/page'
import { IdempotencyHeader, IdParam, t } from '#shared/schema'
import type { PromotionService } from './compose'
import {
  adminCampaignView,
  CampaignQuery,
  CampaignView,
  ChangedCampaign,
  CodeQuery,
  CodesView,
  CodeView,
  campaignView,
  codeView,
  NewCampaign,
  NewCodes,
  Validation,
  ValidationView,
} from './model'

type Deps = Pick<PromotionService, 'campaigns' | 'edits' | 'codes' | 'discounts'> & { http: Http }

export const promotionRoutes = ({ http, campaigns, edits, codes, discounts }: Deps) =>
  http('/api/promotions')
    .get(
      '/',
      async ({ query, user }) => {
        const now = new Date()
        if (user?.role === 'admin') return page(await campaigns.list(query, { publicOnly: false, now }), query, adminCampaignView)
        if (query.status !== undefined && query.status !== 'active')
          throw forbidden('Only an admin can list campaigns that are not active; leave `status` out or log in as an admin.')
        return page(await campaigns.list({ ...query, status: 'active' }, { publicOnly: true, now }), query, campaignView)
      },
      {
        guest: true,
        query: CampaignQuery,
        response: { 200: pageOf(CampaignView) },
        problems: ['forbidden'],
        detail: {
          operationId: 'listCampaigns',
          summary: 'Active public campaigns, newest first; an admin gets all campaigns with their counters',
        },
      },
    )
    .get('/:id', async ({ params }) => adminCampaignView(await campaigns.byId(params.id)), {
      auth: 'admin',
      params: IdParam,
      response: { 200: CampaignView },
      problems: ['campaign_not_found'],
      detail: { operationId: 'getCampaign', summary: 'One campaign with its limits and counters' },
    })
    .post(
      '/',
      async ({ user, body, headers, set }) => {
        return replyWith(set, await edits.add(body, { scope: `${user.id} POST /api/promotions`, key: headers['idempotency-key'] }))
      },
      {
        auth: 'admin',
        headers: IdempotencyHeader,
        body: NewCampaign,
        response: { 201: CampaignView },
        problems: [
          'invalid_amount',
          'invalid_value',
          'invalid_quantities',
          'invalid_schedule',
          'code_or_automatic',
          'unknown_product',
          'unknown_category',
          'code_taken',
          'too_many_automatic',
        ],
        detail: {
          operationId: 'createCampaign',
          summary: 'Create a campaign; without a code it is automatic',
          description:
            'An order gets every automatic campaign that applies and at most one code: free pieces first, then percentages, then amounts.',
        },
      },
    )
    .patch('/:id', async ({ params, body }) => adminCampaignView(await edits.change(params.id, body)), {
      auth: 'admin',
      params: IdParam,
      body: ChangedCampaign,
      response: { 200: CampaignView },
      problems: [
        'campaign_not_found',
        'invalid_amount',
        'invalid_value',
        'invalid_quantities',
        'invalid_schedule',
        'code_or_automatic',
        'unknown_product',
        'unknown_category',
        'code_taken',
        'campaign_has_codes',
        'too_many_automatic',
      ],
      detail: { operationId: 'updateCampaign', summary: 'Change fields of a campaign; orders already placed keep their price' },
    })
    .delete(
      '/:id',
      async ({ params, set }) => {
        await edits.remove(params.id)
        set.status = 204
      },
      {
        auth: 'admin',
        params: IdParam,
        response: { 204: t.Void() },
        problems: ['campaign_not_found'],
        detail: {
          operationId: 'deleteCampaign',
          summary: 'Delete a campaign; its code becomes free, and orders that hold the campaign keep it',
        },
      },
    )
    .post(
      '/:id/codes',
      async ({ user, params, body, headers, set }) => {
        const scope = `${user.id} POST /api/promotions/${params.id}/codes`
        return replyWith(set, await codes.add(params.id, body.count, { scope, key: headers['idempotency-key'] }))
      },
      {
        auth: 'admin',
        params: IdParam,
        headers: IdempotencyHeader,
        body: NewCodes,
        response: { 201: CodesView },
        problems: ['campaign_not_found'],
        detail: { operationId: 'createCampaignCodes', summary: 'Create single-use codes; the campaign is no longer automatic' },
      },
    )
    .get('/:id/codes', async ({ params, query }) => page(await codes.list(params.id, query), query, codeView), {
      auth: 'admin',
      params: IdParam,
      query: CodeQuery,
      response: { 200: pageOf(CodeView) },
      problems: ['campaign_not_found'],
      detail: { operationId: 'listCampaignCodes', summary: 'The single-use codes of a campaign, and the order that used each' },
    })
    .post('/validate', ({ body, user, headers }) => discounts.validate(body, user?.id, guesserOf(user, headers)), {
      guest: true,
      body: Validation,
      response: { 200: ValidationView },
      problems: ['invalid_amount', 'subtotal_mismatch', 'too_many_codes'],
      repeats: 'changes nothing',
      detail: {
        operationId: 'validateCoupon',
        summary: 'What a code would take off, or why it would take nothing off; with a token, the user’s own limit counts too',
        description: 'Only with a token the answer says why a code that exists cannot be used. After many wrong codes: 429.',
      },
    })
