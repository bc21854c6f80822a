import { type AnyElysia, Elysia } from 'elysia'
import icon from 'swagger-ui-dist/favicon-32x32.png' with { type: 'file' }
import styles from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import viewer from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import type { OpenApi } from './docs/openapi'
import { notFound } from './errors'
import { type ServiceName, services } from './platform'

export type { OpenApi } from './docs/openapi'
export { isObject, objectIn, type Schema, schemasIn } from './docs/schema'

// Loaded on demand: at the start it would cost every service 100 ms and some megabytes.
/** The document of one app, or one document of several. */
export const openApiOf = async (apps: AnyElysia | readonly AnyElysia[], title: string): Promise<OpenApi> =>
  (await import('./docs/openapi')).openApiOf([apps].flat(), title)

const assets = new Map([
  ['swagger-ui.css', { path: styles, type: 'text/css; charset=utf-8' }],
  ['swagger-ui-bundle.js', { path: viewer, type: 'text/javascript; charset=utf-8' }],
  ['favicon-32x32.png', { path: icon, type: 'image/png' }],
])

/** Only scripts and styles of this server, and none inline: the pages work without the internet. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
const assetHeaders = (type: string) => ({ 'content-type': type, 'cache-control': 'public, max-age=86400' })

const page = (service: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${service} · API</title>
<link rel="icon" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
`

// Wherever the page is served (/docs, /api/users/docs, /api/v1/users/docs), its document is at /json below it.
const startScript = `SwaggerUIBundle({
  url: location.pathname.replace(/\\/+$/, '') + '/json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  validatorUrl: null,
})
`

const asset = async (name: string): Promise<Response> => {
  if (name === 'start.js') return new Response(startScript, { headers: assetHeaders('text/javascript; charset=utf-8') })
  const found = assets.get(name)
  if (!found) throw notFound('page')
  return new Response(Bun.file(found.path), { headers: assetHeaders(found.type) })
}

/** Serves an app's page and document at `/docs` and `/docs/json`, and the same below each of the service's resources. */
export const docs = (service: ServiceName) => {
  const plugin = new Elysia({ name: 'docs', detail: { hide: true } })
  let root: AnyElysia = plugin
  let document: Promise<string> | undefined
  const documentText = () => {
    document ??= openApiOf(root, service)
      .then(JSON.stringify)
      .catch(error => {
        // The next request tries again: a failed import may succeed then.
        document = undefined
        throw error
      })
    return document
  }
  const json = async () =>
    new Response(await documentText(), { headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' } })
  const show = () => new Response(page(service), { headers: pageHeaders })

  plugin
    .get('/docs', show)
    .get('/docs/json', json)
    .get('/docs/assets/:name', ({ params }) => asset(params.name))
  for (const resource of services[service].resources) plugin.get(`/api/${resource}/docs`, show).get(`/api/${resource}/docs/json`, json)
  return (app: AnyElysia) => {
    root = app
    return app.use(plugin)
  }
}
