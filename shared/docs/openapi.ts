import type { AnyElysia } from 'elysia'
import release from '../../package.json' with { type: 'json' }
import { Problem } from '../schema'
import { answerHeaders } from './headers'
import { operationOf } from './operation'
import { rawPathsOf } from './raw'
import { createMender, type Schema } from './schema'
import { tagsOf } from './tags'

export interface OpenApi {
  openapi: string
  info: { title: string; version: string; description?: string }
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Schema>>
  components: Record<'schemas' | 'responses' | 'headers' | 'securitySchemes', Record<string, Schema>>
}

const sorted = <Value>(record: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).toSorted(([one], [two]) => (one < two ? -1 : 1)))

/** One document of the public routes of some apps, valid for OpenAPI 3.0.3. Two schemas of one name, or two operations of one id, are an error. */
export const openApiOf = async (apps: readonly AnyElysia[], title: string): Promise<OpenApi> => {
  const mend = createMender()
  const paths: OpenApi['paths'] = {}
  const responses: Record<string, Schema> = {}
  for (const [path, methods] of Object.entries(await rawPathsOf(apps))) {
    const written = path.replace(/(?<=.)\/$/, '')
    paths[written] ??= {}
    for (const [method, raw] of Object.entries(methods))
      paths[written][method] = operationOf({ method, path: written, raw }, mend, responses)
  }
  const operations = Object.values(paths).flatMap(methods => Object.values(methods))
  const ids = operations.map(({ operationId }) => operationId)
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined) throw new Error(`two operations have the operationId ${twice}: give one of them another`)
  mend.schema(Problem)
  const isSigned = operations.some(({ security }) => JSON.stringify(security).includes('signature'))
  return {
    openapi: '3.0.3',
    info: {
      title: `${title[0]?.toUpperCase()}${title.slice(1)}`,
      version: release.version,
      description: 'Errors are problem documents (RFC 9457) with a stable `code`; amounts are numbers in major units beside a `currency`.',
    },
    servers: [{ url: '/' }],
    tags: tagsOf(operations),
    paths,
    components: {
      schemas: sorted(mend.named),
      responses: sorted(responses),
      headers: answerHeaders,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `access_token` of POST /auth/login' },
        ...(isSigned && {
          signature: { type: 'apiKey', in: 'header', name: 'X-Signature', description: 'The signature of a provider’s webhook' },
        }),
      },
    },
  }
}
