import { forbidden } from '#shared/errors'
import type { Http } from '#shared/http'
import { page, pageOf } from '#shared/page'
import { IdParam, t } from '#shared/schema'
import type { SingleUseCodes } from './codes'
import {
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
  wholeCampaignView,
} from './model'
import type { Pricing } from './pricing'
import type { Campaigns } from './repository'

interface Deps {
  http: Http
  campaigns: Campaigns
  codes: SingleUseCodes
  pricing: Pricing
}

export const promotionRoutes = ({ http, campaigns, codes, pricing }: Deps) =>
  http('/api/promotions')
    .get(
      '/',
      async ({ query, user }) => {
        const now = new Date()
        if (user?.role === 'admin') return page(await campaigns.list(query, { open: false, now }), query, wholeCampaignView)
        if (query.status !== undefined && query.status !== 'active') throw forbidden('Only an admin sees campaigns that are not active.')
        return page(await campaigns.list({ ...query, status: 'active' }, { open: true, now }), query, campaignView)
      },
      {
        guest: true,
        query: CampaignQuery,
        response: { 200: pageOf(CampaignView) },
        detail: { summary: 'Campaigns that are on and public, newest first; an admin sees all, with their counts' },
      },
    )
    .get('/:id', async ({ params }) => wholeCampaignView(await campaigns.byId(params.id)), {
      auth: 'admin',
      params: IdParam,
      response: { 200: CampaignView },
      detail: { summary: 'One campaign with its limits and how far they are used' },
    })
    .post(
      '/',
      async ({ body, set, status }) => {
        const row = await campaigns.add(body)
        set.headers.location = `/api/promotions/${row.id}`
        return status(201, wholeCampaignView(row))
      },
      {
        auth: 'admin',
        body: NewCampaign,
        response: { 201: CampaignView },
        detail: {
          summary: 'A new campaign; one without a code is automatic',
          description:
            'Every automatic campaign that fits is given, and at most one code. Free pieces come first, then percentages, then amounts, each on what is left: never below zero.',
        },
      },
    )
    .patch('/:id', async ({ params, body }) => wholeCampaignView(await campaigns.change(params.id, body)), {
      auth: 'admin',
      params: IdParam,
      body: ChangedCampaign,
      response: { 200: CampaignView },
      detail: { summary: 'Changes some of a campaign; orders already placed keep their price' },
    })
    .delete(
      '/:id',
      async ({ params, set }) => {
        await campaigns.remove(params.id)
        set.status = 204
      },
      {
        auth: 'admin',
        params: IdParam,
        response: { 204: t.Void() },
        detail: { summary: 'Ends a campaign for good; its code is free again, orders that hold it keep it' },
      },
    )
    .post(
      '/:id/codes',
      async ({ params, body, set, status }) => {
        const made = await codes.add(params.id, body.count)
        set.headers.location = `/api/promotions/${params.id}/codes`
        return status(201, { codes: made })
      },
      {
        auth: 'admin',
        params: IdParam,
        body: NewCodes,
        response: { 201: CodesView },
        detail: { summary: 'New codes, each for one order; the campaign is no longer automatic' },
      },
    )
    .get('/:id/codes', async ({ params, query }) => page(await codes.of(params.id, query), query, codeView), {
      auth: 'admin',
      params: IdParam,
      query: CodeQuery,
      response: { 200: pageOf(CodeView) },
      detail: { summary: 'Single-use codes of a campaign, and the order that used each' },
    })
    .post('/validate', ({ body, user }) => pricing.validate(body, user?.id), {
      guest: true,
      body: Validation,
      response: { 200: ValidationView },
      detail: { summary: 'What a code would take off, or why it would not; with a token, by that user’s limit too' },
    })
