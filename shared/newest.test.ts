import { expect, test } from 'bun:test'
import { newestOf } from './newest'

const item = (key: string, version: number, text = '') => ({ key, version, text })
const newest = (...items: ReturnType<typeof item>[]) => newestOf(items, { keyOf: ({ key }) => key, versionOf: ({ version }) => version })

test('of several items with one key the newest stays, at the place of the first', () => {
  expect(newest(item('a', 2), item('b', 7), item('a', 3), item('a', 1))).toEqual([item('a', 3), item('b', 7)])
})
test('of two items with one version the first stays', () => {
  expect(newest(item('a', 1, 'first'), item('a', 1, 'second'))).toEqual([item('a', 1, 'first')])
  expect(newest()).toEqual([])
})
