import { within } from '../deadline'
import type { Log } from '../log'
import { second } from '../time'

interface RepeatOptions {
  name: string
  ms: number
  log: Pick<Log, 'warn'>
  /** How long a stop waits for a run that is under way. */
  stopWithinMs?: number
}

/** Runs `work` every `ms`, never twice at once. A run that fails is logged, and the next one comes as planned. */
export const startRepeating = (work: () => Promise<unknown>, { name, ms, log, stopWithinMs = 5 * second }: RepeatOptions) => {
  let running: Promise<void> | undefined
  const run = async () => {
    try {
      await work()
    } catch (error) {
      log.warn({ err: error }, `${name} failed; it is tried again`)
    }
  }
  const timer = setInterval(() => {
    running ??= run().finally(() => {
      running = undefined
    })
  }, ms)
  return {
    async stop() {
      clearInterval(timer)
      if (!running) return
      const finished = running.then(() => true)
      if (!(await within(stopWithinMs, finished))) log.warn({}, `${name} did not finish within ${stopWithinMs} ms; stopping continues`)
    },
  }
}
