import type { Log } from '#shared/log'
import type { Metrics } from '#shared/metrics'
import { windowOf } from './domain'
import type { DriftCheck } from './drift'

interface Deps {
  checkDrift: DriftCheck
  metrics: Pick<Metrics, 'gauge'>
  log: Pick<Log, 'warn'>
  clock: () => Date
}

/** Checks the last quarter of an hour and sets the gauges that the alerts read. */
export const watchDrift = ({ checkDrift, metrics, log, clock }: Deps) => {
  const findings = metrics.gauge('drift_findings', 'Where services disagree or something is stuck, in the last quarter of an hour', [
    'relation',
  ])
  const checkedAt = metrics.gauge('drift_checked_at_seconds', 'When a relation was last checked, in Unix time', ['relation'])
  return async () => {
    const now = clock()
    const { checked, failed } = await checkDrift(windowOf({}, now))
    for (const [relation, { count }] of Object.entries(checked)) {
      findings.set({ relation }, count)
      checkedAt.set({ relation }, now.getTime() / 1000)
    }
    for (const [relation, err] of Object.entries(failed)) log.warn({ err, relation }, 'a drift relation could not be checked')
  }
}
