import { type AnyElysia, Elysia } from 'elysia'
import type { OpenApi } from './docs/openapi'
import { notFound } from './errors'
import { type ServiceName, services } from './platform'

export type { OpenApi } from './docs/openapi'
export { isObject, type Schema } from './docs/schema'

// Loaded when somebody asks: at start they would cost every service 100 ms and some megabytes.
export const openApiOf = async (app: AnyElysia, name: string): Promise<OpenApi> => (await import('./docs/openapi')).openApiOf(app, name)

const assetTypes = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
])

/** Nothing from elsewhere, nothing inline: the pages work with no internet. */
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

// The page lies beside its document wherever it is served: /docs, /api/users/docs, /api/v1/users/docs.
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
  const type = assetTypes.get(name)
  if (!type) throw notFound('page')
  const file = Bun.file(new URL(name, import.meta.resolve('swagger-ui-dist/package.json')))
  return new Response(file, { headers: assetHeaders(type) })
}

/** A service's documents, for the root that its routes are on: `/docs` and `/docs/json`, and the same beside each of its resources. */
export const docs = (service: ServiceName) => {
  const plugin = new Elysia({ name: 'docs', detail: { hide: true } })
  let root: AnyElysia = plugin
  let document: Promise<string> | undefined
  const written = () => {
    document ??= openApiOf(root, service).then(JSON.stringify)
    return document
  }
  const json = async () => new Response(await written(), { headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' } })
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
