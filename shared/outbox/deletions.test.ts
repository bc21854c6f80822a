import { afterEach, beforeEach, expect, setSystemTime, test } from 'bun:test'
import { createDeletions } from './deletions'

const start = new Date('2026-01-01T00:00:00Z').getTime()
beforeEach(() => {
  setSystemTime(start)
})
afterEach(() => {
  setSystemTime()
})
const deleting = () => {
  const removed: number[][] = []
  const database = { down: false }
  const remove = async (ids: number[]) => {
    if (database.down) throw new Error('the database is down')
    removed.push(ids)
  }
  return { removed, database, deletions: createDeletions<number>({ remove }) }
}

test('rows are due for deletion a moment after the first of them, or at once when they are many', async () => {
  const { removed, deletions } = deleting()
  expect(deletions.dueAt()).toBe(Number.POSITIVE_INFINITY)
  deletions.add([1, 2])
  setSystemTime(start + 90)
  deletions.add([3])
  expect(deletions.dueAt()).toBe(start + 100)
  deletions.add(Array.from({ length: 497 }, (_, i) => i + 4))
  expect(deletions.dueAt()).toBeLessThan(Date.now())
  await deletions.flush()
  expect(removed.map(ids => ids.length)).toEqual([500])
  expect([deletions.ids(), deletions.dueAt()]).toEqual([[], Number.POSITIVE_INFINITY])
  await deletions.flush()
  expect(removed).toHaveLength(1)
})

test('rows whose deletion failed are still known, and are deleted later', async () => {
  const { removed, database, deletions } = deleting()
  deletions.add([1, 2])
  database.down = true
  await expect(deletions.flush()).rejects.toThrow('down')
  expect([deletions.ids(), deletions.has(2), deletions.dueAt()]).toEqual([[1, 2], true, start + 100])
  database.down = false
  await deletions.flush()
  expect(removed).toEqual([[1, 2]])
})
