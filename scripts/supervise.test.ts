import { describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { anyFreePort } from './ports'
import { launch } from './servers/server'
import { supervise } from './supervise'

const sleeper = (command = ['sleep', '60']) =>
  launch({ name: 'sleeper', port: anyFreePort(), url: '', command, output: () => {}, ready: async () => true })

describe('a supervised process', () => {
  test('is restarted after a crash, and the restart is reported', async () => {
    const reported: string[] = []
    const supervised = await supervise(() => sleeper(), { report: line => reported.push(line), firstPauseMs: 20 })
    const first = supervised.current().pid
    await supervised.current().kill()
    await eventually(() => supervised.current().pid !== first && reported.length === 2)
    expect(reported).toEqual([
      'sleeper ended unexpectedly; restarting it in 0.02 s',
      `sleeper is running again, pid ${supervised.current().pid}`,
    ])
    await supervised.stop()
  })

  test('is restarted after ever longer pauses while it keeps crashing, up to a limit', async () => {
    const reported: string[] = []
    const report = (line: string) => reported.push(line)
    const supervised = await supervise(() => sleeper(['true']), { report, firstPauseMs: 10, longestPauseMs: 40 })
    const pauses = () => reported.flatMap(line => line.match(/in ([\d.]+) s$/)?.[1] ?? [])
    await eventually(() => pauses().length >= 4)
    await supervised.stop()
    expect(pauses().slice(0, 4)).toEqual(['0.01', '0.02', '0.04', '0.04'])
  })

  test('stays stopped, even if it is stopped during a pause', async () => {
    let starts = 0
    const start = () => {
      starts++
      return sleeper()
    }
    const supervised = await supervise(start, { report: () => {}, firstPauseMs: 60_000 })
    await supervised.current().kill()
    await supervised.stop()
    expect(starts).toBe(1)
  })
})
