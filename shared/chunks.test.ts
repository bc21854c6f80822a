import { expect, test } from 'bun:test'
import { chunks } from './chunks'

test('every item is in one chunk, in the same order, and only the last is smaller', () => {
  expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(chunks([1, 2], 2)).toEqual([[1, 2]])
  expect(chunks([], 2)).toEqual([])
})
