import { swagger } from '@elysiajs/swagger'
import { type AnyElysia, Elysia } from 'elysia'
import release from '../../package.json' with { type: 'json' }
import { Problem } from '../schema'
import { createMender, isObject, type Mended, type Schema, sampleOf } from './schema'

export interface OpenApi {
  openapi: string
  info: { title: string; version: string; description?: string }
  servers: { url: string }[]
  paths: Record<string, Record<string, Schema>>
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, Schema> }
}

/** Whether a path is for clients. Health, metrics, internal routes and the documents themselves are not. */
const isPublic = (path: string) => /^\/(api|auth|\.well-known)\//.test(path) || path === '/auth'

/** The document of an app's public routes, valid for OpenAPI 3.0.3. */
export const openApiOf = async (app: AnyElysia, name: string): Promise<OpenApi> => {
  // The routes are added to another instance, so that documenting an app does not change it.
  const documented = new Elysia().use(swagger({ path: '/document', excludeStaticFile: false }))
  for (const { method, path, hooks } of app.routes) {
    const { body, query, params, headers, response, detail, parse } = hooks
    if (isPublic(path)) documented.route(method, path, () => undefined, { body, query, params, headers, response, detail, parse })
  }
  const written = await (await documented.handle(new Request('http://localhost/document/json'))).json()

  const mend = createMender()
  const paths: OpenApi['paths'] = {}
  for (const [path, operations] of Object.entries<Record<string, Schema>>(written.paths)) {
    const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
    paths[plain] ??= {}
    for (const [method, operation] of Object.entries(operations)) paths[plain][method] = operationOf(operation, mend)
  }
  return {
    openapi: '3.0.3',
    info: {
      title: `${name[0]?.toUpperCase()}${name.slice(1)}`,
      version: release.version,
      description: 'Errors are problem documents (RFC 9457) with a stable `code`; amounts are numbers in major units beside a `currency`.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { ...mend.named, Problem: mend.schema(Problem) },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `access_token` of POST /auth/login' },
        signature: { type: 'apiKey', in: 'header', name: 'X-Signature', description: 'The signature of a provider’s webhook' },
      },
    },
  }
}

const problem = (description: string, example: { title: string; status: number; code: string }): Schema => ({
  description,
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      example: { type: 'about:blank', ...example, detail: `${description}.`, request_id: '0f0e4a1c-6f0b-4c57-9d0e-3c1f6f6b2a10' },
    },
  },
})
const problems = {
  input: problem('Some fields are not as they should be', { title: 'Bad Request', status: 400, code: 'invalid_input' }),
  token: problem('The token is missing, unknown or expired', { title: 'Unauthorized', status: 401, code: 'token_required' }),
  role: problem('This needs the admin role', { title: 'Forbidden', status: 403, code: 'forbidden' }),
  missing: problem('It is not there, or not yours', { title: 'Not Found', status: 404, code: 'not_found' }),
  other: problem('What else can go wrong', { title: 'Service Unavailable', status: 503, code: 'dependency_unavailable' }),
}

/** Translates `x-auth`, which has the route's `auth` option, to OpenAPI. */
const securityOf = (auth: unknown): Schema => {
  if (auth === true || auth === 'admin') return { security: [{ bearer: [] }] }
  if (auth === 'guest') return { security: [{}, { bearer: [] }] }
  if (auth === 'signed') return { security: [{ signature: [] }] }
  return { security: [] }
}

const operationOf = ({ hide: _, ...operation }: Schema, mend: Mended): Schema => {
  const auth = operation['x-auth']
  const parameters = (Array.isArray(operation.parameters) ? operation.parameters : []).filter(isObject)
  const body = isObject(operation.requestBody) ? operation.requestBody : undefined
  const hasPathParameter = parameters.some(parameter => parameter.in === 'path')
  const description = [operation.description, auth === 'admin' && 'Needs admin.'].filter(Boolean).join('\n\n')
  return {
    ...operation,
    ...(description && { description }),
    ...securityOf(auth),
    parameters: parameters.filter(isNotAHeaderOfHttp).map(parameter => parameterOf(parameter, mend)),
    ...(body && { requestBody: { ...body, content: contentOf(body.content, mend) } }),
    responses: {
      ...answersOf(operation.responses, mend),
      ...((body || parameters.length > 0) && { 400: problems.input }),
      // Public routes refuse an invalid token, too.
      401: problems.token,
      ...(auth === 'admin' && { 403: problems.role }),
      ...(hasPathParameter && { 404: problems.missing }),
      default: problems.other,
    },
  }
}

/** OpenAPI describes these headers elsewhere, not as parameters. */
const isNotAHeaderOfHttp = ({ in: place, name }: Schema) =>
  place !== 'header' || !['authorization', 'content-type', 'accept'].includes(String(name).toLowerCase())

const parameterOf = ({ in: place, name, description, required, examples, schema: given }: Schema, mend: Mended): Schema => {
  const { example, description: fromSchema, ...schema } = mend.schema({ examples, ...(isObject(given) ? given : {}) })
  return {
    in: place,
    name,
    ...((description ?? fromSchema) ? { description: description ?? fromSchema } : {}),
    // A parameter with a default is optional, although TypeBox says that it is required.
    required: place === 'path' || (required === true && schema.default === undefined),
    schema,
    ...(example !== undefined && { example }),
  }
}

/** The plugin lists three content types for a route that names none, which accepts JSON only. */
const contentOf = (content: unknown, mend: Mended): Schema => {
  if (!isObject(content)) return {}
  const types = 'application/json' in content ? { 'application/json': content['application/json'] } : content
  return Object.fromEntries(
    Object.entries(types).map(([type, media]) => {
      const { schema: given, ...rest } = isObject(media) ? media : {}
      const schema = mend.schema(given)
      // An example can be built for JSON only; lines and streams have the one that their route gives.
      const example = rest.example ?? (type === 'application/json' && !rest.examples ? sampleOf(schema) : undefined)
      return [type, { ...rest, schema, ...(example !== undefined && { example }) }]
    }),
  )
}

const statusText: Record<string, string> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted',
  204: 'Done, without content',
  304: 'Not modified',
}

const answersOf = (responses: unknown, mend: Mended): Record<string, Schema> =>
  Object.fromEntries(
    Object.entries(isObject(responses) ? responses : {}).map(([status, given]) => {
      const { description, headers, content } = isObject(given) ? given : {}
      return [
        status,
        {
          description: description ?? statusText[status] ?? 'Answered',
          ...(isObject(headers) && { headers }),
          ...(isObject(content) && { content: contentOf(content, mend) }),
        },
      ]
    }),
  )
