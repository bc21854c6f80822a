import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { hour } from '../time'
import { createHourlySweep } from './hourly-sweep'

afterEach(() => void setSystemTime())

test('a sweep starts once an hour, and not while one runs; one that fails is tried again in the next hour', async () => {
  const sweeps: PromiseWithResolvers<void>[] = []
  const start = () => {
    const sweep = Promise.withResolvers<void>()
    sweeps.push(sweep)
    return sweep.promise
  }
  const begin = Date.now()
  let warnings = 0
  const log = { info() {}, warn: () => void warnings++, error() {} }
  setSystemTime(begin)
  const sweep = createHourlySweep({ sweep: start }, new AbortController().signal, log)
  const startAfter = (ms: number) => {
    setSystemTime(begin + ms)
    sweep.startWhenDue()
    return sweeps.length
  }
  expect(startAfter(hour)).toBe(1)
  expect(startAfter(1.5 * hour)).toBe(1)
  expect(startAfter(2 * hour)).toBe(1)
  sweeps[0]!.reject(new Error('the database is down'))
  await sweep.ended()
  expect(warnings).toBe(1)
  expect(startAfter(2 * hour)).toBe(2)
  expect(startAfter(2 * hour)).toBe(2)
})
