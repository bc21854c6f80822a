import { within } from '../deadline'
import type { Log } from '../log'
import { minute, second } from '../time'
import type { Activity } from './activity'

interface RepeatOptions {
  name: string
  ms: number
  log: Pick<Log, 'warn'>
  activity: Pick<Activity, 'isQuiet' | 'onChange'>
  /** How often a quiet process looks. */
  quietMs?: number
  /** How long a stop waits for a run that is under way. */
  stopWithinMs?: number
}

/** Differs between processes, so that they do not ask their databases at the same moment. */
const phaseMs = Math.random() * minute

/**
 * Runs `work` every `ms`, never twice at once. A run that fails is logged, and the next one comes as planned. What falls due in a quiet
 * process is what a crash or another instance has left, so there the runs are rarer, and come together.
 */
export const startRepeating = (work: () => Promise<unknown>, options: RepeatOptions) => {
  const { name, ms, log, activity, quietMs = 5 * second, stopWithinMs = 5 * second } = options
  const isRarerWhenQuiet = ms < quietMs
  let stopped = false
  let running: Promise<void> | undefined
  let timer: Timer | undefined
  const run = async () => {
    try {
      await work()
    } catch (error) {
      log.warn({ err: error }, `${name} failed; it is tried again`)
    }
    running = undefined
    plan()
  }
  const plan = () => {
    clearTimeout(timer)
    if (stopped || running) return
    const untilNextMs = isRarerWhenQuiet && activity.isQuiet() ? quietMs - ((Date.now() + phaseMs) % quietMs) : ms
    timer = setTimeout(() => {
      running = run()
    }, untilNextMs)
  }
  plan()
  // Seldom work keeps its interval in a quiet process. Planning it at each change would start the interval anew.
  const stopListening = isRarerWhenQuiet ? activity.onChange(plan) : undefined
  return {
    async stop() {
      stopped = true
      stopListening?.()
      clearTimeout(timer)
      if (!running) return
      const finished = running.then(() => true)
      if (!(await within(stopWithinMs, finished))) log.warn({}, `${name} did not finish within ${stopWithinMs} ms; stopping continues`)
    },
  }
}
