import { OptionalKind } from '@sinclair/typebox'
import { ifMatch, ifNoneMatch } from './headers'
import { codesIn, failuresOf } from './problems'
import { sampleOf } from './sample'
import { isObject, type Mended, type Schema } from './schema'
import { tagOf } from './tags'

/** Translates `x-auth`, which has the route's `auth` option, to OpenAPI. */
const securityOf = (auth: unknown): Schema => {
  if (auth === true || auth === 'admin') return { security: [{ bearer: [] }] }
  if (auth === 'guest') return { security: [{}, { bearer: [] }] }
  if (auth === 'signed') return { security: [{ signature: [] }] }
  return { security: [] }
}

interface Route {
  method: string
  path: string
  hooks: { body?: unknown; query?: unknown; params?: unknown; headers?: unknown; response?: unknown; detail?: unknown }
}

const isOptional = (schema: unknown) => isObject(schema) && OptionalKind in schema
const objectIn = (value: unknown): Schema => (isObject(value) ? value : {})

const headerReference = (name: string) => [name, { $ref: `#/components/headers/${name}` }]

/** The headers of an answer that has worked, as far as they follow from what the operation takes and answers. */
const headersOf = (
  status: string,
  { names, declared, isConditional }: { names: Set<string>; declared: readonly string[]; isConditional: boolean },
) =>
  Object.fromEntries(
    [
      'X-Request-Id',
      ...(status === '201' ? ['Location'] : []),
      ...(names.has('idempotency-key') ? ['Idempotent-Replayed'] : []),
      ...(isConditional || declared.includes('stale') ? ['ETag'] : []),
      ...(names.has('x-cart-id') ? ['X-Cart-Id'] : []),
    ].map(headerReference),
  )

export const operationOf = ({ method, path, hooks }: Route, mend: Mended, shared: Record<string, Schema>): Schema => {
  const { hide: _, description: given, responses, requestBody, 'x-problems': own, parameters: more, ...detail } = objectIn(hooks.detail)
  const auth = detail['x-auth']
  const answers = objectIn(responses ?? answersFrom(hooks.response))
  const isConditional = '304' in answers
  const declared = [
    ...new Set([...(Array.isArray(own) ? own.map(String) : []), ...codesIn([hooks.params, hooks.query, hooks.headers, hooks.body])]),
  ]
  const parameters = [
    ...parametersIn('header', hooks.headers, mend),
    ...parametersIn('path', hooks.params, mend),
    ...parametersIn('query', hooks.query, mend),
    ...(Array.isArray(more) ? more : []),
    ...(isConditional ? [ifNoneMatch] : []),
    ...(declared.includes('stale') ? [ifMatch] : []),
  ]
  const names = new Set(parameters.map(({ name }) => String(name).toLowerCase()))
  const body = requestBody ?? (hooks.body && { required: !isOptional(hooks.body), content: { 'application/json': { schema: hooks.body } } })
  const description = [given, auth === 'admin' && 'Needs admin.'].filter(Boolean).join('\n\n')
  // Every write reads its body, also one that takes none.
  const reads = hooks.body || (!body && method !== 'GET') ? 'json' : body ? 'bytes' : undefined
  const traits = { auth, declared, input: parameters.length > 0 || reads === 'json', body: reads } as const
  return {
    tags: [tagOf(path)],
    ...detail,
    ...(description && { description }),
    ...securityOf(auth),
    parameters,
    ...(isObject(body) && { requestBody: { ...body, content: contentOf(body.content, mend) } }),
    responses: {
      ...failuresOf(traits, shared, mend),
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          answerOf(status, answer, { headers: headersOf(status, { names, declared, isConditional }), mend }),
        ]),
      ),
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

const answerOf = (status: string, given: unknown, { headers, mend }: { headers: Schema; mend: Mended }): Schema => {
  const { description, headers: own, content } = objectIn(given)
  return {
    description: description ?? statusText[status] ?? 'Answered',
    headers: { ...headers, ...objectIn(own) },
    ...(isObject(content) && { content: contentOf(content, mend) }),
  }
}
