import { ifMatch, ifNoneMatch } from './headers'
import { codesIn, failuresOf } from './problems'
import { sampleOf } from './sample'
import { isObject, type Mended, objectIn, type Schema, schemasIn } from './schema'
import { tagOf } from './tags'

/** Translates `x-auth`, which has the route's `auth` option, to OpenAPI. */
const securityOf = (auth: unknown): Schema => {
  if (auth === true || auth === 'admin') return { security: [{ bearer: [] }] }
  if (auth === 'guest') return { security: [{}, { bearer: [] }] }
  if (auth === 'signed') return { security: [{ signature: [] }] }
  return { security: [] }
}

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

interface Operation {
  method: string
  path: string
  /** As the plugin writes it. */
  raw: Schema
}

export const operationOf = ({ method, path, raw }: Operation, mend: Mended, shared: Record<string, Schema>): Schema => {
  const { description: given, responses, requestBody: body, parameters: schemaParameters, ...rest } = raw
  const { 'x-problems': declaredCodes, 'x-repeats': repeats, 'x-parameters': extraParameters, 'x-body': bodyPresence, ...detail } = rest
  const auth = detail['x-auth']
  const answers = objectIn(responses)
  const isConditional = '304' in answers
  const declared = [...new Set([...(Array.isArray(declaredCodes) ? declaredCodes.map(String) : []), ...codesIn([schemaParameters, body])])]
  const parameters = [
    ...schemasIn(schemaParameters).map(parameter => parameterOf(parameter, mend)),
    ...schemasIn(extraParameters),
    ...(isConditional ? [ifNoneMatch] : []),
    ...(declared.includes('stale') ? [ifMatch] : []),
  ]
  const names = new Set(parameters.map(({ name }) => String(name).toLowerCase()))
  const unkeyed = typeof repeats === 'string' && `It takes no \`Idempotency-Key\`: a repetition ${repeats}.`
  const description = [given, unkeyed, auth === 'admin' && 'Needs admin.'].filter(Boolean).join('\n\n')
  // Every write reads its body, also one that takes none.
  const reads = bodyPresence || (!body && method !== 'get') ? 'json' : body ? 'bytes' : undefined
  const traits = { auth, declared, input: parameters.length > 0 || reads === 'json', body: reads } as const
  return {
    tags: [tagOf(path)],
    ...detail,
    ...(description && { description }),
    ...securityOf(auth),
    parameters,
    ...(isObject(body) && {
      requestBody: { ...body, ...(bodyPresence === 'optional' && { required: false }), content: contentOf(body.content, mend) },
    }),
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

const parameterOf = ({ in: place, name, required, examples, schema: given, ...rest }: Schema, mend: Mended): Schema => {
  // The plugin moves a schema's description and examples to the parameter.
  const { example, description, ...schema } = mend.schema({ examples, description: rest.description, ...objectIn(given) })
  return {
    in: place,
    name,
    ...(description !== undefined && { description }),
    // A parameter with a default is optional, although TypeBox says that it is required.
    required: place === 'path' || (required === true && schema.default === undefined),
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
