import { describe, expect, test } from 'bun:test'
import { liveCatalog } from './catalog'
import type { Product } from './domain'

const product = (id: string): Product => ({
  id,
  name: id,
  price: 1,
  currency: 'USD',
  category: 'Books',
  sku: id,
  stock: 1,
  status: 'active',
  variants: [],
})

const asked = (options: { most?: number } = {}) => {
  const questions: string[][] = []
  let now = 1_000_000
  let away = false
  const there = new Set(['a', 'b', 'c'])
  const catalog = liveCatalog({
    ask: async ids => {
      questions.push(ids)
      if (away) throw new Error('away')
      return new Map(ids.filter(id => there.has(id)).map(id => [id, product(id)]))
    },
    rememberMs: 1000,
    clock: () => now,
    ...options,
  })
  return {
    catalog,
    questions,
    there,
    pass: (ms: number) => {
      now += ms
    },
    goesAway: (is: boolean) => {
      away = is
    },
  }
}

describe('the catalog of a moment ago', () => {
  test('is asked once for what many want at once, and again when its moment has passed', async () => {
    const { catalog, questions, pass } = asked()
    await Promise.all(Array.from({ length: 50 }, () => catalog.recent(['a', 'b', 'a'])))
    pass(999)
    expect([...(await catalog.recent(['a'])).keys()]).toEqual(['a'])
    expect(questions).toEqual([['a', 'b']])
    pass(1)
    await catalog.recent(['a', 'b'])
    expect(questions).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })
  test('as it is now is always asked for, and remembered', async () => {
    const { catalog, questions } = asked()
    await catalog.now(['a'])
    await catalog.now(['a'])
    await catalog.recent(['a'])
    expect(questions).toHaveLength(2)
    expect((await catalog.now([])).size).toBe(0)
    expect(questions).toHaveLength(2)
  })
  test('remembers neither a failure nor that something was not there', async () => {
    const { catalog, there, goesAway } = asked()
    goesAway(true)
    await expect(catalog.recent(['a'])).rejects.toThrow('away')
    goesAway(false)
    expect((await catalog.recent(['a', 'new'])).has('a')).toBe(true)
    there.add('new')
    expect((await catalog.recent(['new'])).has('new')).toBe(true)
  })
  test('is bounded', async () => {
    const { catalog, questions } = asked({ most: 2 })
    await catalog.recent(['a', 'b', 'c'])
    await catalog.recent(['b', 'c'])
    expect(questions).toHaveLength(1)
    await catalog.recent(['a'])
    expect(questions).toHaveLength(2)
  })
})
