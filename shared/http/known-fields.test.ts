import { expect, test } from 'bun:test'
import { AddressInput } from '../address'
import { closed, t } from '../schema'
import { knownFields } from './known-fields'

const Line = closed({ sku: t.String(), quantity: t.Integer() })
const Body = closed({
  lines: t.Array(Line),
  address: t.Optional(AddressInput),
  note: t.Optional(t.Union([closed({ text: t.String() }), t.Null()])),
})
const line = { sku: 'A', quantity: 1 }
const address = { line1: '1 Way', city: 'Town', country: 'DE' }

test.each([
  ['at the top', { lines: [line], colour: 'red' }, { lines: [line] }],
  ['in a list', { lines: [line, { ...line, gift: { wrap: true } }] }, { lines: [line, line] }],
  ['in a member of a union', { lines: [], address: { ...address, floor: 3 } }, { lines: [], address }],
  ['beside null', { lines: [], note: { text: 'x', bold: true }, more: null }, { lines: [], note: { text: 'x' } }],
])('a field that the schema does not know is left out %s', (_, sent, known) => {
  expect(knownFields(Body, sent)).toEqual(known)
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['text', 'x'],
  ['a list', [line]],
  ['a list that is none', { lines: { 0: line } }],
  ['an item that is no object', { lines: [null, 'x', 3, [line]] }],
  ['a missing field', { address }],
  ['an address of another type', { lines: [], address: 7 }],
  ['an address without a country', { lines: [], address: { line1: '1 Way', city: 'Town' } }],
  ['free text and null', { lines: [line], address: 'somewhere', note: null }],
])('%s stays as it is, for the validation to judge', (_, sent) => {
  expect(knownFields(Body, sent)).toEqual(sent)
})

test('a member of a union that fits as it is goes before a smaller one, and what was sent is not changed', () => {
  const Either = t.Union([closed({ id: t.Integer() }), closed({ id: t.Integer(), version: t.Integer() })])
  const sent = Object.freeze({ id: 1, version: 2 })
  expect(knownFields(Either, sent)).toEqual({ id: 1, version: 2 })
  const more = Object.freeze({ id: 1, colour: 'red' })
  expect(knownFields(Either, more)).toEqual({ id: 1 })
})
