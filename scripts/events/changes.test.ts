import { describe, expect, test } from 'bun:test'
import { Type as t } from '@sinclair/typebox'
import { breaks, type Release } from './changes'

const line = t.Object({ sku: t.String(), quantity: t.Integer({ minimum: 1 }) })
const fields = {
  order_id: t.Integer(),
  status: t.Union([t.Literal('paid'), t.Literal('shipped')]),
  reason: t.Optional(t.String()),
  amount: t.Number(),
  items: t.Array(line, { minItems: 1 }),
  attributes: t.Record(t.String(), t.Unknown()),
}
const release = (schema: Release[string]['schema'], by = 'order'): Release => ({ 'order.changed': { by, schema } })
const plain = (given: object): Release[string]['schema'] => JSON.parse(JSON.stringify(given))
const before = release(plain(t.Object(fields)))
const breaking = (changed: Record<string, object>, without: string[] = []) => {
  const now = Object.fromEntries(Object.entries({ ...fields, ...changed }).filter(([name]) => !without.includes(name)))
  return breaks(before, release(plain(t.Object(now)))).map(({ where, message }) => `${where}: ${message}`)
}

describe('a change of an event', () => {
  test('breaks nothing when there is none, or when an optional field or a new event is added', () => {
    expect(breaks(before, before)).toEqual([])
    expect(breaking({ note: t.Optional(t.String()) })).toEqual([])
    expect(breaks(before, { ...before, ...{ 'order.new': { by: 'order', schema: plain(line) } } })).toEqual([])
    expect(breaking({ items: t.Array(t.Object({ ...line.properties, price: t.Optional(t.Number()) }), { minItems: 1 }) })).toEqual([])
  })

  test.each([
    ['a removed field', {}, ['amount'], 'order.changed /amount: order.changed lost /amount'],
    ['a removed optional field', {}, ['reason'], 'order.changed /reason: order.changed lost /reason'],
    ['a renamed field', { total: t.Optional(t.Number()) }, ['amount'], 'lost /amount'],
    [
      'a field that is removed deep inside',
      { items: t.Array(t.Object({ sku: t.String() }), { minItems: 1 }) },
      [],
      'lost /items/[]/quantity',
    ],
    [
      'a new required field',
      { total: t.Number() },
      [],
      'last release would become a dead letter: /total: it is required, and may be absent',
    ],
    ['a field that becomes required', { reason: t.String() }, [], 'last release would become a dead letter: /reason: it is required'],
    ['a field that becomes optional', { amount: t.Optional(t.Number()) }, [], 'dead letter at a consumer of the last release: /amount'],
    ['another type', { order_id: t.String() }, [], '/order_id: integer is sent where string is accepted'],
    ['a narrower number', { amount: t.Integer() }, [], '/amount: number is sent where integer is accepted'],
    ['a wider number', { order_id: t.Number() }, [], 'at a consumer of the last release: /order_id: number is sent where integer'],
    ['a higher minimum', { items: t.Array(line, { minItems: 2 }) }, [], '/items: minItems is 2'],
    ['a lower minimum', { items: t.Array(line) }, [], 'at a consumer of the last release: /items: minItems is 1'],
    ['a word less', { status: t.Literal('paid') }, [], 'last release would become a dead letter: /status: only "paid" is accepted'],
    [
      'a word more',
      { status: t.Union(['paid', 'shipped', 'lost'].map(word => t.Literal(word))) },
      [],
      'at a consumer of the last release: /status: "lost" is not among what is accepted',
    ],
    ['a record of one type', { attributes: t.Record(t.String(), t.String()) }, [], '/attributes/*: anything is sent where string'],
    ['a new form of text', { reason: t.Optional(t.String({ pattern: '^a' })) }, [], '/reason: pattern is ^a'],
  ])('%s breaks it, and the message says where and what to do', (_, changed, without, expected) => {
    const found = breaking(changed, without)
    expect(found.join('\n')).toContain(expected)
    expect(found.every(message => /Keep it|Make a new field optional|Add an optional field/.test(message))).toBe(true)
  })

  test('breaks it when the event is gone or comes from another service', () => {
    expect(breaks(before, {}).map(({ message }) => message)).toEqual([
      'order.changed was removed or renamed: consumers of the last release wait for it. Publish it until none of them runs',
    ])
    expect(breaks(before, release(before['order.changed']?.schema ?? {}, 'payment')).map(({ message }) => message)).toEqual([
      'order.changed comes from payment instead of order: publish a new type',
    ])
  })
})
