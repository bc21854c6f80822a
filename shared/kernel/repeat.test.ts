import { expect, test } from 'bun:test'
import { eventually } from '../testing'
import { startRepeating } from './repeat'

const warnings: string[] = []
const log = { warn: (_: object | string, message?: string) => void warnings.push(message ?? '') }
const options = { name: 'expire reservations', ms: 1, log }

test('work runs again and again, never twice at once, also after a failure', async () => {
  warnings.length = 0
  let atOnce = 0
  let most = 0
  let runs = 0
  const repeating = startRepeating(async () => {
    most = Math.max(most, ++atOnce)
    await Bun.sleep(5)
    atOnce--
    if (++runs === 2) throw new Error('deadlock')
  }, options)
  await eventually(() => runs >= 4)
  await repeating.stop()
  expect([most, atOnce]).toEqual([1, 0])
  expect(warnings).toEqual(['expire reservations failed; it is tried again'])
  const atStop = runs
  await Bun.sleep(20)
  expect(runs).toBe(atStop)
})

test('a stop waits for the run that is under way, but not longer than its bound', async () => {
  warnings.length = 0
  let started = false
  const hanging = startRepeating(
    () => {
      started = true
      return new Promise(() => {})
    },
    { ...options, stopWithinMs: 20 },
  )
  await eventually(() => started)
  await hanging.stop()
  expect(warnings).toEqual(['expire reservations did not finish within 20 ms; stopping continues'])
})
