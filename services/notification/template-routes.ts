import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { NotificationService } from './compose'
import { kinds } from './domain'
import { commonValues, marketingValues, valueNames } from './domain-values'
import type { TemplateVersion } from './edited-templates'
import { PreviewView, TemplateBody, type TemplateKey, TemplateParam, TemplateView } from './model'

type Deps = Pick<NotificationService, 'templates'> & { http: Http }

const templateView = ({ kind, language }: TemplateKey, { updated_at, subject, text, html, short }: TemplateVersion) => ({
  ...{ kind, language, subject, text, html, short },
  values: [...commonValues, ...(kinds[kind].class === 'marketing' ? marketingValues : []), ...valueNames[kind]],
  updated_at: updated_at?.toISOString() ?? null,
})

export const templateRoutes = ({ http, templates }: Deps) =>
  http('/api/notifications/templates')
    .get('/:kind/:language', async ({ params }) => templateView(params, await templates.find(params.kind, params.language)), {
      auth: 'admin',
      params: TemplateParam,
      response: { 200: TemplateView },
      detail: { operationId: 'getTemplate', summary: 'The template of a kind in a language, and the values that it may name' },
    })
    .put('/:kind/:language', async ({ params, body }) => templateView(params, await templates.put(params.kind, params.language, body)), {
      auth: 'admin',
      params: TemplateParam,
      body: TemplateBody,
      response: { 200: TemplateView },
      problems: ['invalid_template'],
      detail: {
        operationId: 'replaceTemplate',
        summary: 'Change a template',
        description:
          'It is filled with sample values first: one that cannot be is 400 `invalid_template` and changes nothing. It is used within seconds.',
      },
    })
    .delete(
      '/:kind/:language',
      async ({ params, set }) => {
        await templates.reset(params.kind, params.language)
        set.status = 204
      },
      {
        auth: 'admin',
        params: TemplateParam,
        response: { 204: t.Void() },
        detail: { operationId: 'resetTemplate', summary: 'Go back to the template that comes with the shop' },
      },
    )
    .post('/:kind/:language/preview', ({ params, body }) => templates.preview(params.kind, params.language, body), {
      auth: 'admin',
      params: TemplateParam,
      body: TemplateBody,
      response: { 200: PreviewView },
      problems: ['invalid_template'],
      repeats: 'changes nothing',
      detail: { operationId: 'previewTemplate', summary: 'What a template would look like, with sample values; nothing is stored' },
    })
