import { OptionalKind } from '@sinclair/typebox'
import { sampleOf } from './sample'
import { isObject, type Mended, type Schema } from './schema'
import { tagOf } from './tags'

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

interface Route {
  path: string
  hooks: { body?: unknown; query?: unknown; params?: unknown; headers?: unknown; response?: unknown; detail?: unknown }
}

const isOptional = (schema: unknown) => isObject(schema) && OptionalKind in schema
const objectIn = (value: unknown): Schema => (isObject(value) ? value : {})

export const operationOf = ({ path, hooks }: Route, mend: Mended): Schema => {
  const { hide: _, description: given, responses, requestBody, ...detail } = objectIn(hooks.detail)
  const auth = detail['x-auth']
  const parameters = [
    ...parametersIn('header', hooks.headers, mend),
    ...parametersIn('path', hooks.params, mend),
    ...parametersIn('query', hooks.query, mend),
  ]
  const body = requestBody ?? (hooks.body && { required: !isOptional(hooks.body), content: { 'application/json': { schema: hooks.body } } })
  const description = [given, auth === 'admin' && 'Needs admin.'].filter(Boolean).join('\n\n')
  return {
    tags: [tagOf(path)],
    ...detail,
    ...(description && { description }),
    ...securityOf(auth),
    parameters,
    ...(isObject(body) && { requestBody: { ...body, content: contentOf(body.content, mend) } }),
    responses: {
      ...answersOf(responses ?? answersFrom(hooks.response), mend),
      ...((isObject(body) || parameters.length > 0) && { 400: problems.input }),
      // Public routes refuse an invalid token, too.
      401: problems.token,
      ...(auth === 'admin' && { 403: problems.role }),
      ...(isObject(hooks.params) && { 404: problems.missing }),
      default: problems.other,
    },
  }
}

/** What a route declares as its `response`: one schema for 200, or one for each status. */
const answersFrom = (response: unknown): Schema => {
  if (!isObject(response)) return {}
  const byStatus = Object.keys(response).every(key => /^\d{3}$/.test(key)) ? response : { 200: response }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, schema]) => [
      status,
      isObject(schema) && schema.type !== 'void' ? { content: { 'application/json': { schema } } } : {},
    ]),
  )
}

const parametersIn = (place: string, object: unknown, mend: Mended): Schema[] => {
  const { properties, required } = objectIn(object)
  const needed = new Set(Array.isArray(required) ? required : [])
  return Object.entries(objectIn(properties)).map(([name, schema]) => parameterOf({ place, name, needed: needed.has(name) }, schema, mend))
}

const parameterOf = ({ place, name, needed }: { place: string; name: string; needed: boolean }, given: unknown, mend: Mended): Schema => {
  const { example, description, ...schema } = mend.schema(given)
  return {
    in: place,
    name,
    ...(description !== undefined && { description }),
    // A parameter with a default is optional, although TypeBox says that it is required.
    required: place === 'path' || (needed && schema.default === undefined),
    schema,
    ...(example !== undefined && { example }),
  }
}

const contentOf = (content: unknown, mend: Mended): Schema =>
  Object.fromEntries(
    Object.entries(objectIn(content)).map(([type, media]) => {
      const { schema: given, ...rest } = objectIn(media)
      const schema = mend.schema(given)
      // An example can be built for JSON only; lines and streams have the one that their route gives.
      const example = rest.example ?? (type === 'application/json' && !rest.examples ? sampleOf(schema, mend.resolve) : undefined)
      return [type, { ...rest, schema, ...(example !== undefined && { example }) }]
    }),
  )

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
