import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Instruments } from './instruments'

/** Measures the process: how late its event loop is, its memory and its processor time. */
export const measureProcess = ({ gauge, counter }: Instruments) => {
  const lag = monitorEventLoopDelay({ resolution: 100 })
  lag.enable()
  gauge('event_loop_lag_seconds', 'How late the event loop was since the last reading', ['quantile'], gauge => {
    const seconds = (nanoseconds: number) => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0)
    gauge.set({ quantile: '0.5' }, seconds(lag.percentile(50)))
    gauge.set({ quantile: '0.99' }, seconds(lag.percentile(99)))
    gauge.set({ quantile: '1' }, seconds(lag.max))
    lag.reset()
  })
  gauge('process_resident_memory_bytes', 'Resident memory', [], gauge => gauge.set(process.memoryUsage.rss()))
  gauge('process_start_time_seconds', 'Start of the process').set(Math.round(Date.now() / 1000 - process.uptime()))
  counter('process_cpu_seconds_total', 'Processor time, user and system', [], counter => {
    const { user, system } = process.cpuUsage()
    counter.reset()
    counter.inc((user + system) / 1e6)
  })
  return lag
}
