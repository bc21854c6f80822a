import { released } from '#shared/platform'
import { anyFreePort } from '../../scripts/ports'
import { processorMs } from '../../scripts/processes'
import { type Bare, startBare, startProcess } from '../bare/process'
import { ms, pair, within } from '../measure'
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
    const timed = async (starting: Promise<Bare>[]) => {
      const began = performance.now()
      const started = await Promise.all(starting)
      const took = performance.now() - began
      const used = processorMs(started.map(({ pid }) => pid))
      await Promise.all(started.map(one => one.stop()))
      return { took, used }
    }
    let used = 0
    const services = async () => {
      const round = await timed(released.map(service))
      used = round.used
      return round.took
    }
    const hellos = async () => (await timed(released.map(() => startBare('hello')))).took
    const times = await pair(services, hellos)
    const what = `${released.length} services ready, databases up`
    const costs = `processor time: ${ms(used)} over all services until then`
    yield within(2000, { what, against: 'as many hello apps', costs, ...times })
  },
}
