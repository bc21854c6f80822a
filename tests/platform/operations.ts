import Ajv from 'ajv-draft-04'
import { isObject, type Schema } from '#shared/docs'
import { released, services } from '#shared/platform'

/** The running platform, which the test command starts. */
export const gateway = String(Bun.env.GATEWAY_URL)

/** An operation of a service's OpenAPI document. */
export interface Operation {
  name: string
  method: string
  path: string
  access: 'public' | 'guest' | 'signed' | 'user' | 'admin'
  pathParameters: string[]
  queryParameters: string[]
  /** The content type and example of its body, if it takes one. */
  body?: { type: string; example: unknown }
  /** Where an answer's status, content type or body differs from the document. */
  faultsOf(answer: Answer): string[]
}

export interface Answer {
  status: number
  headers: Headers
  text: string
}

export const operations = async (): Promise<Operation[]> => {
  const resources = released.flatMap(service => services[service].resources[0] ?? [])
  const documents = await Promise.all(resources.map(documentOf))
  return documents.flatMap(({ paths, components }) => {
    const check = checker(components)
    /** What an answer that many operations have stands for; any other as it is. */
    const resolve = (answer: Schema): Schema =>
      typeof answer.$ref === 'string' ? components.responses[answer.$ref.replace('#/components/responses/', '')] : answer
    return Object.entries<Record<string, Schema>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses, ...operation }]) => {
        const answers = Object.entries(isObject(responses) ? responses : {}).filter((entry): entry is [string, Schema] =>
          isObject(entry[1]),
        )
        const resolved = Object.fromEntries(answers.map(([status, answer]) => [status, resolve(answer)]))
        return operationOf(method.toUpperCase(), path, { ...operation, responses: resolved }, check)
      }),
    )
  })
}

const documentOf = async (resource: string) => {
  const answer = await fetch(`${gateway}/api/${resource}/docs/json`)
  if (!answer.ok) throw new Error(`GET /api/${resource}/docs/json answered ${answer.status}`)
  return answer.json()
}

type Check = (schema: unknown, value: unknown) => string[]

/** A guest's token is optional; a signed body needs none. */
const accessOf = (ways: Schema[], auth: unknown): Operation['access'] => {
  if (ways.length === 0) return 'public'
  if (ways.some(way => Object.keys(way).length === 0)) return 'guest'
  if (ways.some(way => 'signature' in way)) return 'signed'
  return auth === 'admin' ? 'admin' : 'user'
}

const operationOf = (method: string, path: string, operation: Schema, check: Check): Operation => {
  const parameters = Array.isArray(operation.parameters) ? operation.parameters.filter(isObject) : []
  const named = (place: string) => parameters.filter(parameter => parameter.in === place).map(({ name }) => String(name))
  const responses = isObject(operation.responses) ? operation.responses : {}
  const ways = Array.isArray(operation.security) ? operation.security.filter(isObject) : []
  const [type, media] =
    isObject(operation.requestBody) && isObject(operation.requestBody.content) ? Object.entries(operation.requestBody.content)[0]! : []
  return {
    name: `${method} ${path}`,
    method,
    path,
    access: accessOf(ways, operation['x-auth']),
    pathParameters: named('path'),
    queryParameters: named('query'),
    ...(type && isObject(media) && { body: { type, example: media.example } }),
    faultsOf: answer => faultsOf(answer, responses, check),
  }
}

const faultsOf = ({ status, headers, text }: Answer, responses: Schema, check: Check): string[] => {
  const response = responses[status]
  if (!isObject(response)) return [`${status} is not declared`]
  const [type, media] = (isObject(response.content) && Object.entries(response.content)[0]) || []
  if (!type || !isObject(media)) return text === '' ? [] : [`${status} should have no body`]
  const sent = headers.get('content-type')?.split(';')[0]
  const declared = Object.keys(response.content as object)
  if (!sent || !declared.includes(sent)) return [`${status} has the content type ${sent}, not ${declared}`]
  const problem = sent === 'application/problem+json'
  if (!problem && sent !== 'application/json') return []
  const body = JSON.parse(text)
  return [
    ...check(media.schema, body),
    ...(problem && body.status !== status ? ['the problem has another status'] : []),
    ...(problem && body.request_id !== headers.get('x-request-id') ? ['the problem has another request_id'] : []),
    ...((status === 429 || status === 503) && !headers.has('retry-after') ? [`${status} without Retry-After`] : []),
  ]
}

/** Validates a value against a schema of the document. A field that the schema does not describe is a fault. */
const checker = (components: unknown): Check => {
  const ajv = new Ajv({ strict: false, validateFormats: false, logger: false })
  const compiled = new Map<unknown, ReturnType<typeof ajv.compile>>()
  const strictComponents = strict(components)
  return (schema, value) => {
    const validate = compiled.get(schema) ?? ajv.compile({ allOf: [strict(schema)], components: strictComponents })
    compiled.set(schema, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`)
  }
}

/** Turns OpenAPI's `nullable` into JSON Schema, and closes objects that do not say whether they are open, but for the parts of a whole. */
const strict = (schema: unknown, isPart = false): unknown => {
  if (Array.isArray(schema)) return schema.map(part => strict(part, isPart))
  if (!isObject(schema)) return schema
  const { nullable, example: _, ...rest } = schema
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, strict(value, key === 'allOf')]))
  if (!isPart && isObject(inner.properties) && !('additionalProperties' in inner) && inner.type === 'object')
    inner.additionalProperties = false
  return nullable === true ? { anyOf: [inner, { type: 'null' }] } : inner
}

export const send = async (path: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(`${gateway}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(15_000), ...init })
  return { status: response.status, headers: response.headers, text: await textOf(response) }
}

/** The body; of a live stream, which has no end, what comes first. */
const textOf = async (response: Response): Promise<string> => {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body) return response.text()
  const reader = response.body.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return new TextDecoder().decode(value)
}
