import { released } from '#shared/platform'
import { anyFreePort } from '../../scripts/ports'
import { startBare, startProcess } from '../bare/process'
import { atMost, pair } from '../measure'
import type { Rows } from './rows'

/** Starts all services at once, beside the running ones, with the databases up. */
export const start: Rows = {
  needs: [],
  async *measure({ command, environment }) {
    const service = (name: (typeof released)[number]) => {
      const port = anyFreePort()
      return startProcess(command(name), {
        url: `http://127.0.0.1:${port}/ready`,
        env: { ...environment(name), PORT: `${port}` },
        ready: answer => answer.ok,
      })
    }
    const timed = async (startAll: () => Promise<{ stop(): Promise<void> }>[]) => {
      const began = performance.now()
      const started = await Promise.all(startAll())
      const took = performance.now() - began
      await Promise.all(started.map(one => one.stop()))
      return took
    }
    const times = await pair(
      () => timed(() => released.map(service)),
      () => timed(() => released.map(() => startBare('hello'))),
    )
    const what = `${released.length} services ready, databases up`
    const against = 'as many hello apps'
    const costs =
      'of one service (tax), tried by hand, a bundle took 230 to 310 ms of processor time to start instead of 310 to 380, a bytecode binary 130 to 160 ms but twice the memory'
    yield atMost(1.5, { what, against, costs, ...times }, 2000)
  },
}
