import { expect, test } from 'bun:test'
import { errorRows } from '../../scripts/generate/problems'
import { problems } from '../../web/shop/words/problems/en'
import { textOf } from './files'

test('a refusal is explained under a code that exists', () => {
  const codes = errorRows(textOf('docs/errors.md')).map(({ code }) => code)
  // The browser's side of the shop finds this one itself.
  const known = new Set([...codes, 'session_changed'])
  expect(Object.keys(problems).filter(code => !known.has(code))).toEqual([])
})
