import { expect, spyOn, test } from 'bun:test'
import timers from 'node:timers'
import { testMongo, testSql } from './testing'

/** The delays of the timers that are set while nobody asks for anything. */
const delays = async (holder: Pick<typeof timers, 'setTimeout'>) => {
  await Bun.sleep(1100)
  const set = spyOn(holder, 'setTimeout')
  await Bun.sleep(2200)
  const found = set.mock.calls.map(([, ms]) => ms)
  set.mockRestore()
  return found
}

test('connections to MySQL that nobody uses do not wake the process each second', async () => {
  const store = await testSql()
  expect(await delays(globalThis)).not.toContain(1000)
  await store.drop()
})

test('connections to MongoDB that nobody uses wake the process every two seconds, to ask whether the server is there', async () => {
  const store = await testMongo()
  expect(new Set(await delays(timers))).toEqual(new Set([2000]))
  await store.drop()
})
