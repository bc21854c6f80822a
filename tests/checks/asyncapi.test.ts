import { describe, expect, test } from 'bun:test'
import { Parser } from '@asyncapi/parser'
import Ajv from 'ajv'
import fc from 'fast-check'
import { asyncApi, type Described, schemaName } from '#shared/asyncapi'
import { retryDelays } from '#shared/config'
import { outboxRows } from '#shared/outbox'
import { events, fullName, published } from '../../scripts/events/released'
import { textOf } from './files'
import { payloadsOf } from './payloads'

const text = textOf('gateway/docs/asyncapi.json')
const parsed = new Parser().parse(text)

describe('gateway/docs/asyncapi.json', () => {
  test('is valid AsyncAPI 3.1, without a warning', async () => {
    const { document, diagnostics } = await parsed
    expect(diagnostics.map(({ path, message }) => `${path.join('/')}: ${message}`)).toEqual([])
    expect(document?.version()).toBe('3.1.0')
  })

  test('lets each service publish and receive what the catalog says', async () => {
    const { document } = await parsed
    const operations = document?.operations().all() ?? []
    const told = (action: string) =>
      operations
        .filter(operation => operation.action() === action)
        .flatMap(operation =>
          operation
            .messages()
            .all()
            .map(message => `${operation.tags().all()[0]?.name()} ${message.name()}`),
        )
        .sort()
    const expected = (one: (event: Described) => string[]) => [...new Set(events.flatMap(one))].sort()
    expect([...new Set(told('send'))]).toEqual(expected(event => [`${event.kind === 'event' ? event.from : event.owner} ${event.type}`]))
    expect([...new Set(told('receive'))]).toEqual(
      expected(event => (event.kind === 'event' ? event.to : [event.owner]).map(service => `${service} ${event.type}`)),
    )
  })

  test('leads each queue of a consumer to queues that it also describes', () => {
    const { channels } = asyncApi({ events, retryDelaysMs: retryDelays({ text: (_name, fallback = '') => fallback }) })
    const led = Object.values(channels).flatMap(({ 'x-retries': retries, 'x-dead-letters': dead, 'x-queues': queues }) =>
      [retries, dead, queues].flat().filter(name => name !== undefined),
    )
    expect(led.length).toBeGreaterThan(50)
    expect(led.filter(name => typeof name !== 'string' || !(name in channels))).toEqual([])
  })

  const ajv = new Ajv({ strict: false, formats: { 'date-time': value => !Number.isNaN(Date.parse(value)) } })
  ajv.addSchema(JSON.parse(text), 'document')
  const forms = published()
  test.each(events.map(event => [event.type, event] as const))('describes %s as it is sent', (type, event) => {
    const payloads = payloadsOf(forms[fullName(event)]?.schema ?? {})
    const validate = ajv.compile({ $ref: `document#/components/messages/${schemaName(type)}/payload` })
    const body = (data: unknown) => {
      const draft = { exchange: '', routingKey: type, body: { type, version: 1, aggregate: { type: 'any', id: '1', version: 1 }, data } }
      return JSON.parse(outboxRows([draft], 'order')[0]?.body ?? '')
    }
    fc.assert(
      fc.property(payloads, data => {
        validate(body(data))
        expect(validate.errors).toBeNull()
      }),
      { numRuns: 10, seed: 7 },
    )
    // What the bus refuses, the document refuses, too.
    expect(event.problem({})).toBeDefined()
    expect(validate(body({}))).toBe(false)
    const [data] = fc.sample(payloads, { numRuns: 1, seed: 7 })
    expect(validate({ ...body(data), type: `not.${type}` })).toBe(false)
    expect(validate({ ...body(data), id: undefined })).toBe(false)
  })
})
