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
      'processor time, 14 times on two cores. Of one service (tax), tried by hand, an executable with bytecode took 130 to 160 ms instead of the 230 to 310 of a bundle, but twice the memory; Bun makes no bytecode of modules outside of an executable'
    yield atMost(1.5, { what, against, costs, ...times }, 2000)
  },
}
