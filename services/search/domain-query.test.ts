import { expect, test } from 'bun:test'
import { isKept, keptForm } from './domain-query'

test('a query has one form, however it was typed', () => {
  expect(keptForm('  Wireless \t\n ＨＥＡＤphones\u200b ')).toBe('wireless headphones')
  expect(keptForm('a'.repeat(300))).toBe('a'.repeat(200))
})

test('what may say something about a person is not kept', () => {
  const kept = ['ab', 'a'.repeat(50), 'iphone 12345']
  const left = ['', 'a', 'a'.repeat(51), 'me@home', 'call 123456', 'a\u0000b']
  expect([...kept, ...left].filter(isKept)).toEqual(kept)
})
