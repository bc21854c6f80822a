import { expect, test } from 'bun:test'
import { eventually } from '../testing'
import { createActivity } from './activity'
import { startRepeating } from './repeat'

const warnings: string[] = []
const log = { warn: (_: object | string, message?: string) => void warnings.push(message ?? '') }
const busy = { isQuiet: () => false, onChange: () => () => true }
const options = { name: 'expire reservations', ms: 1, log, activity: busy }

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

test('a quiet process works rarely, and as often as before once there is a request or a message', async () => {
  const activity = createActivity(100)
  let runs = 0
  const repeating = startRepeating(async () => void runs++, { ...options, activity, quietMs: 60_000 })
  await eventually(() => runs > 2)
  await eventually(() => activity.isQuiet())
  await Bun.sleep(20)
  const whenQuiet = runs
  await Bun.sleep(100)
  expect(runs).toBe(whenQuiet)
  activity.request({ route: '/health' })
  activity.request({ route: '/internal/stock', caller: 'discovery' })
  await Bun.sleep(50)
  expect(runs).toBe(whenQuiet)
  activity.request({ route: '/api/orders/:id' })
  await eventually(() => runs > whenQuiet + 2)
  await repeating.stop()
  activity.note()
  const atStop = runs
  await Bun.sleep(20)
  expect(runs).toBe(atStop)
})

test('seldom work comes as planned in a process that keeps turning quiet and busy', async () => {
  const activity = createActivity(1)
  const turning = setInterval(() => activity.note(), 5)
  let turns = 0
  activity.onChange(() => turns++)
  let runs = 0
  const repeating = startRepeating(async () => void runs++, { ...options, ms: 60, activity, quietMs: 50 })
  await eventually(() => runs >= 2)
  expect(turns).toBeGreaterThan(4)
  clearInterval(turning)
  await repeating.stop()
})
