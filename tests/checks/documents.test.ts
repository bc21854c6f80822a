import { describe, expect, test } from 'bun:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import Ajv from 'ajv-draft-04'
import formats from 'ajv-formats'
import type { AnyElysia } from 'elysia'
import type { OpenApi } from '#shared/docs'
import { isObject, objectIn, openApiOf, type Schema, schemasIn } from '#shared/docs'
import { currencies } from '#shared/money'
import { personalDataServices } from '#shared/personal-data'
import { released } from '#shared/platform'
import { periodFields } from '#shared/schema'
import { appOf } from './services'

const operationsOf = (paths: Record<string, Record<string, Schema>>) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  )
const openApi = Promise.all(released.map(appOf)).then(apps => openApiOf(apps, 'shop'))

const named = (await openApi).components.schemas
/** What a reference stands for; any other schema as it is. */
const resolved = (schema: unknown): unknown =>
  isObject(schema) && typeof schema.$ref === 'string' ? named[schema.$ref.replace('#/components/schemas/', '')] : schema

/** The required fields of a body whose example, default, values or format do not show what to send. */
const unclear = (given: unknown, at = ''): string[] => {
  const schema = resolved(given)
  if (!isObject(schema) || [schema.example, schema.default, schema.enum].some(value => value !== undefined)) return []
  const { properties, required } = schema
  if (isObject(properties)) return (Array.isArray(required) ? required : []).flatMap(name => unclear(properties[name], `${at}/${name}`))
  if (schema.type === 'array') return unclear(schema.items, `${at}/0`)
  if (Array.isArray(schema.anyOf)) return schema.anyOf.flatMap(part => unclear(part, at)).slice(0, 1)
  return schema.type === 'string' && schema.format === undefined ? [at] : []
}
/** A body that is text (lines, a file) is shown by the example of the whole. */
const unclearBody = (schema: unknown) => (isObject(schema) && schema.type === 'string' ? [] : unclear(schema))
const mediaOf = (holder: unknown): Schema[] =>
  isObject(holder) && isObject(holder.content) ? Object.values(holder.content).filter(isObject) : []
const hasExample = (media: Schema) => media.example !== undefined || media.examples !== undefined

/** OpenAPI 3.0 says `nullable`, JSON Schema a union with null. An example in a schema is data, whatever it holds. */
const asJsonSchema = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(asJsonSchema)
  if (!isObject(schema)) return schema
  const { nullable, example: _, ...rest } = schema
  if (typeof schema.$ref === 'string') return { $ref: `shop${schema.$ref}` }
  const plain = Object.fromEntries(Object.entries(rest).map(([keyword, value]) => [keyword, asJsonSchema(value)]))
  if (!nullable) return plain
  // A list of words has the null among them.
  return schema.enum ? { ...plain, type: [schema.type, 'null'] } : { anyOf: [plain, { type: 'null' }] }
}

const ajv = new Ajv({ strict: false, allErrors: true })
formats(ajv)
ajv.addFormat('currency', code => currencies.includes(code))
ajv.addSchema({ id: 'shop', components: asJsonSchema({ schemas: named }) })

interface Example {
  at: string
  schema: unknown
  example: unknown
}

/** What a schema, a parameter or a body has as its example, everywhere in the document. A property may be called `example`, too. */
const examplesIn = (part: unknown, at = ''): Example[] => {
  if (Array.isArray(part)) return part.flatMap((item, i) => examplesIn(item, `${at}/${i}`))
  if (!isObject(part)) return []
  const { example, ...rest } = part
  const inside = Object.entries(rest).flatMap(([name, value]) => examplesIn(value, `${at}/${name}`))
  return example === undefined || at.endsWith('/properties') ? inside : [{ at, schema: part.schema ?? rest, example }, ...inside]
}
const faultsOf = ({ at, schema, example }: Example): string[] => {
  const isValid = ajv.compile({ allOf: [asJsonSchema(schema)] })
  return isValid(example) ? [] : (isValid.errors ?? []).map(({ instancePath, message }) => `${at}: ${instancePath} ${message}`)
}

describe.each([...released])('%s', service => {
  let read: Promise<{ app: AnyElysia; document: OpenApi }> | undefined
  const documented = () => {
    read ??= appOf(service).then(async app => ({ app, document: await openApiOf(app, service) }))
    return read
  }
  const operations = async () => operationsOf((await documented()).document.paths)

  test('declares for every route who may call it, what it answers, and a summary', async () => {
    const incomplete = (await documented()).app.routes.flatMap(({ method, path, hooks }) => {
      const declared = {
        'a summary in its `detail`': hooks.detail?.summary,
        'who may call it (`auth`, `guest`, `public` or `internal`)': hooks.detail?.['x-auth'],
        'its `response`': hooks.response ?? hooks.detail?.responses,
      }
      const missing = Object.entries(declared).filter(([, value]) => value === undefined)
      return missing.map(([what]) => `${method} ${path} in services/${service} does not say ${what}`)
    })
    expect(incomplete).toEqual([])
  })

  test('has a valid document', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify((await documented()).document)))
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
    expect((await operations()).length).toBeGreaterThan(0)
  })

  test('has a part in a person’s export if it keeps personal data, and only then', async () => {
    const exports = (await documented()).app.routes.some(({ path }) => path === '/internal/users/:id/export')
    const listed = personalDataServices.includes(service)
    const missing = listed ? [`mount exportRoute in services/${service}/app.ts, or take ${service} out of shared/personal-data.ts`] : []
    const unlisted = listed ? [] : [`${service} mounts exportRoute: name it in shared/personal-data.ts`]
    expect(exports ? unlisted : missing).toEqual([])
  })

  test('gives each operation an id that is a readable identifier', async () => {
    const nameless = (await operations()).filter(({ operation: { operationId } }) => !/^[a-z][A-Za-z]+$/.test(String(operationId)))
    expect(nameless.map(({ name }) => `${name}: give it an \`operationId\` in its \`detail\`, in services/${service}`)).toEqual([])
  })

  test('says of each POST either that it takes an `Idempotency-Key` or what a repetition does', async () => {
    const silent = (await operations()).flatMap(({ name, operation }) => {
      if (!name.startsWith('POST ')) return []
      const parameters = schemasIn(operation.parameters)
      const takes = parameters.some(parameter => String(parameter.name).toLowerCase() === 'idempotency-key')
      const tells = String(operation.description).includes('It takes no `Idempotency-Key`: a repetition ')
      return takes === tells ? [`${name}: give it \`headers: IdempotencyHeader\`, or else \`repeats\`, in services/${service}`] : []
    })
    expect(silent).toEqual([])
  })

  test('answers every deletion with 204, but for one of many messages, which counts them', async () => {
    const others = (await operations()).flatMap(({ name, operation }) => {
      const successes = Object.keys(objectIn(operation.responses)).filter(status => status.startsWith('2'))
      const usual = !name.startsWith('DELETE ') || operation.operationId === 'deleteDeadLetters' || String(successes) === '204'
      return usual ? [] : [`${name} answers ${successes}, not 204, in services/${service}`]
    })
    expect(others).toEqual([])
  })

  test('takes every period in one form, by days or by moments', async () => {
    const other = (await operations()).flatMap(({ name, operation }) =>
      schemasIn(operation.parameters)
        .filter(({ name: field }) => /^(from|to|since|until)$/.test(String(field)))
        .filter(({ schema }) => objectIn(schema).pattern !== periodFields.from.pattern)
        .map(({ name: field }) => `${name}: take \`${field}\` from periodFields of #shared/schema, in services/${service}`),
    )
    expect(other).toEqual([])
  })

  test('has an example of everything that a client sends', async () => {
    const vague = (await operations()).flatMap(({ name, operation }) => {
      const parameters = schemasIn(operation.parameters)
      const inPath = parameters.filter(
        ({ in: place, example, schema }) => place === 'path' && example === undefined && objectIn(schema).enum === undefined,
      )
      const bodies = mediaOf(operation.requestBody)
      const inBodies = bodies.flatMap(media => (hasExample(media) ? unclearBody(media.schema) : ['body']))
      return [...inPath.map(parameter => `{${parameter.name}}`), ...inBodies].map(
        what => `${name}: give ${what} \`examples: […]\` in its schema, in services/${service}`,
      )
    })
    expect(vague).toEqual([])
  })

  test('has an example of every successful answer', async () => {
    const vague = (await operations()).flatMap(({ name, operation }) =>
      Object.entries(objectIn(operation.responses))
        .filter(([status]) => status.startsWith('2'))
        .flatMap(([status, answer]) =>
          mediaOf(answer)
            .filter(media => !hasExample(media))
            .map(() => `${name}: give the answer ${status} examples in its schema, in services/${service}`),
        ),
    )
    expect(vague).toEqual([])
  })
})

describe('the document of all services', () => {
  test('is valid, and has what each service’s own document has', async () => {
    const all = await openApi
    expect((await new Validator().validate(JSON.parse(JSON.stringify(all)))).errors).toBeUndefined()
    const own = await Promise.all(released.map(async service => openApiOf(await appOf(service), service)))
    expect(operationsOf(all.paths).length).toBe(own.flatMap(({ paths }) => operationsOf(paths)).length)
    for (const { paths, components } of own) {
      for (const [path, operations] of Object.entries(paths)) expect(all.paths[path]).toMatchObject(operations)
      for (const [name, schema] of Object.entries(components.schemas)) expect(all.components.schemas[name]).toEqual(schema)
    }
  })

  test('has only examples that are valid for their schemas', async () => {
    const examples = examplesIn(await openApi)
    expect(examples.length).toBeGreaterThan(1000)
    expect(examples.flatMap(faultsOf)).toEqual([])
    const order = { at: 'an order', schema: { $ref: '#/components/schemas/Order' }, example: { id: 1, currency: 'dollars' } }
    expect(faultsOf(order)).toContain('an order: /currency must match format "currency"')
  }, 120_000)
})
