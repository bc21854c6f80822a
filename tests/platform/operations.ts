import Ajv from 'ajv-draft-04'
import { isObject, type Schema } from '#shared/docs'
import { released, services } from '#shared/platform'

/** A running platform, given by the test command. */
export const gateway = String(Bun.env.GATEWAY_URL)

/** A route as its service's document describes it. */
export interface Operation {
  name: string
  method: string
  path: string
  door: 'public' | 'guest' | 'signed' | 'user' | 'admin'
  pathParameters: string[]
  queryParameters: string[]
  /** The content type and example of its body, if it takes one. */
  body?: { type: string; example: unknown }
  /** What is wrong with an answer: its status, its type or its shape are not as the document says. */
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
    return Object.entries<Record<string, Schema>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => operationOf(method.toUpperCase(), path, operation, check)),
    )
  })
}

const documentOf = async (resource: string) => {
  const answer = await fetch(`${gateway}/api/${resource}/docs/json`)
  if (!answer.ok) throw new Error(`the document of ${resource} cannot be had: ${answer.status}`)
  return answer.json()
}

type Check = (schema: unknown, value: unknown) => string[]

/** A guest may come with a token or without; what is signed proves itself. */
const doorOf = (ways: Schema[], responses: Schema): Operation['door'] => {
  if (ways.length === 0) return 'public'
  if (ways.some(way => Object.keys(way).length === 0)) return 'guest'
  if (ways.some(way => 'signature' in way)) return 'signed'
  return responses[403] ? 'admin' : 'user'
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
    door: doorOf(ways, responses),
    pathParameters: named('path'),
    queryParameters: named('query'),
    ...(type && isObject(media) && { body: { type, example: media.example } }),
    faultsOf: answer => faultsOf(answer, responses, check),
  }
}

const faultsOf = ({ status, headers, text }: Answer, responses: Schema, check: Check): string[] => {
  const response = responses[status] ?? (status >= 400 ? responses.default : undefined)
  if (!isObject(response)) return [`${status} is not declared`]
  const [type, media] = (isObject(response.content) && Object.entries(response.content)[0]) || []
  if (!type || !isObject(media)) return text === '' ? [] : [`${status} should have no body`]
  const sent = headers.get('content-type')?.split(';')[0]
  const declared = Object.keys(response.content as object)
  if (!sent || !declared.includes(sent)) return [`${status} comes as ${sent}, not as ${declared}`]
  const problem = sent === 'application/problem+json'
  if (!problem && sent !== 'application/json') return []
  const body = JSON.parse(text)
  return [
    ...check(media.schema, body),
    ...(problem && body.status !== status ? ['the problem names another status'] : []),
    ...(problem && body.request_id !== headers.get('x-request-id') ? ['the problem names another request'] : []),
    ...((status === 429 || status === 503) && !headers.has('retry-after') ? [`${status} without Retry-After`] : []),
  ]
}

/** Holds a value against a schema of a document. A field that isn't described is a fault. */
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

/** From OpenAPI's `nullable` to JSON Schema, and closed unless it says otherwise. */
const strict = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(strict)
  if (!isObject(schema)) return schema
  const { nullable, example: _, ...rest } = schema
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, strict(value)]))
  if (isObject(inner.properties) && !('additionalProperties' in inner) && inner.type === 'object') inner.additionalProperties = false
  return nullable === true ? { anyOf: [inner, { type: 'null' }] } : inner
}

export const send = async (path: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(`${gateway}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(15_000), ...init })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const json = async (method: string, path: string, body: unknown, token?: string) => {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const answer = await send(path, { method, headers, body: JSON.stringify(body) })
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`)
  return answer.text ? JSON.parse(answer.text) : undefined
}
export const call = { post: json.bind(null, 'POST'), patch: json.bind(null, 'PATCH') }

const password = 'a long enough password 1'
export const login = async (username: string, secret = password): Promise<string> =>
  (await call.post('/auth/login', { [username.includes('@') ? 'email' : 'username']: username, password: secret })).access_token

let firstAdmin: Promise<string> | undefined
export const adminToken = () => {
  firstAdmin ??= login(String(Bun.env.ADMIN_EMAIL), String(Bun.env.ADMIN_PASSWORD))
  return firstAdmin
}

export interface Person {
  id: number
  username: string
  token: string
}

/** Somebody new, logged in; the mark is in everything personal about them. */
export const somebody = async (role: 'customer' | 'admin' = 'customer', mark = `p${crypto.randomUUID().slice(0, 8)}`): Promise<Person> => {
  const personal = {
    email: `${mark}@example.com`,
    username: mark,
    full_name: `${mark} Person`,
    phone: '0123456789',
    address: `${mark} Road`,
  }
  const { id } = await call.post('/api/users/register', { ...personal, password })
  if (role === 'admin') await call.patch(`/api/users/${id}`, { role }, await adminToken())
  return { id, username: mark, token: await login(mark) }
}

/** Routes by which somebody ends or changes their own account: who tries one is not to be used again. */
export const isForTheExpendable = ({ path, method }: Operation) =>
  method !== 'GET' && /^\/api\/users\/(me|logout)|^\/auth\/logout/.test(path)

/** Whoever tries every route makes campaigns that need no code: left alone, they would change what everything costs after. */
export const withdrawCampaigns = async () => {
  const headers = { authorization: `Bearer ${await adminToken()}` }
  for (let skip = 0, total = 1; skip < total; skip += 100) {
    const { items, total: count } = JSON.parse((await send(`/api/promotions?limit=100&skip=${skip}`, { headers })).text)
    total = count
    for (const { id, automatic } of items) if (automatic) await send(`/api/promotions/${id}`, { method: 'DELETE', headers })
  }
}
