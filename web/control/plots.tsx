import type { History, ServiceHistory } from '../../sdk/src/api/model.ts'
import { Card } from '../kit/card'
import { megabytes, milliseconds, processor, rate } from './look'
import { Plot, type Series } from './plot'

type Measure = keyof ServiceHistory
type Values = (number | null)[]

const worst = (values: readonly number[]) => Math.max(...values)
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

/** Several services as one: latencies are those of the slowest, everything else is added up. A gap stays a gap. */
const together = ({ services, times }: History, names: readonly string[], measure: Measure): Values => {
  const join = measure.endsWith('_ms') ? worst : total
  return times.map((_, index) => {
    const known = names.flatMap(name => services[name]?.[measure][index] ?? [])
    return known.length > 0 ? join(known) : null
  })
}

/** The last hour of some services in six plots. */
export function ServicePlots({ history, services }: { history: History; services: readonly string[] }) {
  const of = (measure: Measure) => together(history, services, measure)
  const plot = (title: string, format: (value: number) => string, series: readonly Series[]) => (
    <Card title={title}>
      <Plot title={title} times={history.times} format={format} series={series} />
    </Card>
  )
  return (
    <div class="grid gap-6 lg:grid-cols-2">
      {plot('Requests per second', rate, [
        { label: 'answered', values: of('requests'), tone: 'brand' },
        { label: 'failed', values: of('errors'), tone: 'bad' },
      ])}
      {plot('Latency', milliseconds, [
        { label: 'p50', values: of('p50_ms'), tone: 'brand' },
        { label: 'p99', values: of('p99_ms'), tone: 'honey' },
      ])}
      {plot('Events per second', rate, [
        { label: 'handled', values: of('handled'), tone: 'brand' },
        { label: 'failed', values: of('failed'), tone: 'bad' },
      ])}
      {plot('Waiting in the outbox', rate, [{ label: 'messages', values: of('outbox'), tone: 'honey' }])}
      {plot('Processor', processor, [{ label: 'of one processor', values: of('cpu'), tone: 'brand' }])}
      {plot('Memory', megabytes, [{ label: 'resident', values: of('memory_bytes'), tone: 'info' }])}
    </div>
  )
}
