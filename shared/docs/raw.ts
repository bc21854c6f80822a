import { swagger } from '@elysiajs/swagger'
import { OptionalKind } from '@sinclair/typebox'
import { type AnyElysia, Elysia } from 'elysia'
import { type TSchema, t } from '../schema'
import { isObject, objectIn, type Schema } from './schema'

/** Whether a path is for clients. Health, metrics, internal routes and the documents themselves are not. */
const isPublic = (path: string) => /^\/(api|auth|\.well-known)\//.test(path) || path === '/auth'

// The plugin moves what it does not know of an answer's schema, such as its name, out of the schema. In a union it leaves the schema whole.
const whole = (schema: TSchema) => (schema.type === 'void' ? schema : t.Unsafe({ anyOf: [schema] }))

/** What a route declares as its `response`, one schema for 200 or one for each status, in a form that the plugin keeps whole. */
const answersOf = (response: unknown): Record<string, TSchema> => {
  if (!isObject(response)) return {}
  const byStatus = Object.keys(response).every(key => /^\d{3}$/.test(key)) ? response : { 200: response }
  return Object.fromEntries(Object.entries(byStatus).map(([status, schema]) => [status, whole(schema as TSchema)]))
}

const isOptional = (schema: unknown) => isObject(schema) && OptionalKind in schema

/** The operations of the apps' public routes by path and method, as @elysiajs/swagger writes them. */
export const rawPathsOf = async (apps: readonly AnyElysia[]): Promise<Record<string, Record<string, Schema>>> => {
  // The routes are added to another instance, so that documenting an app does not change it.
  const documented = new Elysia().use(swagger({ path: '/document', excludeStaticFile: false }))
  for (const { method, path, hooks } of apps.flatMap(app => app.routes)) {
    if (!isPublic(path) || hooks.detail?.hide) continue
    const { body, query, params, headers, response, detail } = hooks
    const { parameters, hide: _, ...plain } = objectIn(detail)
    documented.route(method, path, () => undefined, {
      ...{ body, query, params, headers, response: answersOf(response), parse: ['json'] },
      // The plugin would take these parameters instead of those of the schemas. And JSON has no place for the symbol of an optional body.
      detail: { ...plain, 'x-parameters': parameters, ...(body && { 'x-body': isOptional(body) ? 'optional' : 'required' }) },
    })
  }
  return (await (await documented.handle(new Request('http://localhost/document/json'))).json()).paths
}
