import { expect, test } from 'bun:test'
import { learnStock } from './learn-stock'
import type { Level } from './repository'

const level = (product_id: string, sku: string, version: number): Level => ({ product_id, sku, version, available: 10 * version })

test('of the levels that come together, the newest of each SKU is stored once', async () => {
  const stored: Level[] = []
  const setStock = async (one: Level) => stored.push(one) > 0
  const learn = learnStock({ setStock }, 5)
  const levels = [level('a', 'S', 2), level('a', 'S', 3), level('a', 'S', 1), level('a', 'M', 1), level('b', 'S', 7)]
  await Promise.all(levels.map(learn))
  expect(stored).toEqual([level('a', 'S', 3), level('a', 'M', 1), level('b', 'S', 7)])
})

test('a level that cannot be stored fails alone', async () => {
  const stored: string[] = []
  const setStock = async ({ sku }: Level) => {
    if (sku === 'broken') throw new Error('cannot be stored')
    return stored.push(sku) > 0
  }
  const learn = learnStock({ setStock }, 5)
  const outcomes = await Promise.allSettled([level('a', 'S', 1), level('a', 'broken', 1), level('a', 'M', 1)].map(learn))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(new Set(stored)).toEqual(new Set(['S', 'M']))
})
