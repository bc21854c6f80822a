import type { Metrics } from '#shared/metrics'
import type { FanOuts } from './fan-outs'

/** How many changes wait to be told, and for how long. While the store is down, the last figures stay. */
export const meterFanOuts = (metrics: Pick<Metrics, 'gauge'>, { waiting }: Pick<FanOuts, 'waiting'>) => {
  metrics.gauge('watch_fan_outs_waiting', 'Changes of products that not all watchers have been told of', [], async gauge => {
    const backlog = await waiting().catch(() => undefined)
    if (backlog) gauge.set(backlog.count)
  })
  metrics.gauge('watch_fan_out_oldest_age_seconds', 'Age of the oldest of them', [], async gauge => {
    const backlog = await waiting().catch(() => undefined)
    if (backlog) gauge.set(backlog.oldest ? Math.max(0, (Date.now() - backlog.oldest.getTime()) / 1000) : 0)
  })
}
