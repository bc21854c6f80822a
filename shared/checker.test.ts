import { expect, test } from 'bun:test'
import { checker } from './checker'
import { t } from './schema'

const { check, problem } = checker(t.Object({ lines: t.Array(t.Object({ quantity: t.Integer() }), { minItems: 1 }) }))

test('says the first thing that is wrong with a value, and where', () => {
  expect(problem({ lines: [{ quantity: 1 }, { quantity: 'x' }], more: true })).toBe('/lines/1/quantity: Expected integer')
  expect(problem(undefined)).toBe('/: Expected object')
  expect(problem({ lines: [{ quantity: 1 }], more: true })).toBeUndefined()
})

test('checks without words, too', () => {
  expect([{ lines: [{ quantity: 1 }] }, { lines: [] }].map(check)).toEqual([true, false])
})
