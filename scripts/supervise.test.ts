import { expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { anyFreePort } from './ports'
import { launch } from './servers/server'
import { keep } from './supervise'

const sleeper = (command = ['sleep', '60']) =>
  launch({ name: 'sleeper', port: anyFreePort(), url: '', command, output: () => {}, ready: async () => true })

test('a process that crashes comes back, which is told in a line', async () => {
  const told: string[] = []
  const kept = await keep(() => sleeper(), { tell: line => told.push(line), firstPauseMs: 20 })
  const first = kept.current().pid
  await kept.current().kill()
  await eventually(() => kept.current().pid !== first && told.length === 2)
  expect(told).toEqual(['sleeper ended unasked, starting it again in 0.02 s', `sleeper is back, pid ${kept.current().pid}`])
  await kept.stop()
})

test('the pause grows while it keeps crashing, up to a limit', async () => {
  const told: string[] = []
  const kept = await keep(() => sleeper(['true']), { tell: line => told.push(line), firstPauseMs: 10, longestPauseMs: 40 })
  const pauses = () => told.flatMap(line => line.match(/in ([\d.]+) s$/)?.[1] ?? [])
  await eventually(() => pauses().length >= 4)
  await kept.stop()
  expect(pauses().slice(0, 4)).toEqual(['0.01', '0.02', '0.04', '0.04'])
})

test('what is stopped stays stopped, even in the middle of a pause', async () => {
  let starts = 0
  const start = () => {
    starts++
    return sleeper()
  }
  const kept = await keep(start, { tell: () => {}, firstPauseMs: 60_000 })
  await kept.current().kill()
  await kept.stop()
  expect(starts).toBe(1)
})
