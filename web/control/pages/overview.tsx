import type { History, Overview, ServiceOverview } from '../../../sdk/src/api/model.ts'
import { Card, Empty, Skeleton, Stat } from '../../kit/card'
import { FilterBar, SelectFilter } from '../../kit/filters'
import { number } from '../../kit/format'
import { useQuery } from '../../kit/query'
import { Link, query } from '../../kit/route'
import { titled } from '../../kit/site'
import { Sparkline } from '../../kit/sparkline'
import { Table } from '../../kit/table'
import { DemoOrders } from '../demo-orders'
import { every, Health, megabytes, milliseconds, processor, rate, Stale, span } from '../look'

const filters = ['only', 'probes']

const isFailing = ({ status, figures }: ServiceOverview) =>
  status !== 'up' || (figures !== null && (figures.errors > 0 || figures.dead_lettered > 0 || figures.held > 0))

/** Who looks after a crash sees that there was one. */
const justStartedMs = 60_000

const instancesOf = (instances: ServiceOverview['instances']) => {
  const running = instances.filter(({ state }) => state !== 'down').length
  const newest = Math.min(...instances.map(({ started_at }) => Date.now() - Date.parse(started_at ?? '2000')))
  if (running > 0 && newest < justStartedMs) return `started ${span(newest)} ago`
  return running === instances.length ? `${running} running` : `${running} of ${instances.length} running`
}

const sumOf = (services: readonly ServiceOverview[], of: (figures: NonNullable<ServiceOverview['figures']>) => number) =>
  services.reduce((sum, { figures }) => sum + (figures ? of(figures) : 0), 0)

function Totals({ overview }: { overview: Overview | undefined }) {
  if (!overview) return <Skeleton class="h-26" />
  const { services, status } = overview
  const slowest = services.reduce<ServiceOverview | undefined>(
    (worst, service) => ((service.figures?.p99_ms ?? 0) > (worst?.figures?.p99_ms ?? 0) ? service : worst),
    undefined,
  )
  const down = services.filter(service => service.status !== 'up')
  return (
    <div class="grid grid-cols-2 gap-4 md:grid-cols-3 xl:grid-cols-5">
      <Stat
        label="Platform"
        value={<Health state={status} />}
        note={down.length === 0 ? 'every service answers' : down.map(({ name }) => name).join(', ')}
      />
      <Stat
        label="Requests"
        value={`${rate(sumOf(services, one => one.requests))} /s`}
        note={`${rate(sumOf(services, one => one.errors))} /s failed`}
      />
      <Stat label="Slowest (p99)" value={milliseconds(slowest?.figures?.p99_ms)} note={slowest?.name ?? 'nothing was asked'} />
      <Stat
        label="Events handled"
        value={`${rate(sumOf(services, one => one.handled))} /s`}
        note={`${rate(sumOf(services, one => one.retried))} /s tried again`}
      />
      <Stat
        label="Waiting to be published"
        value={number(sumOf(services, one => one.outbox))}
        note={`${number(sumOf(services, one => one.held))} held while a store is down`}
      />
    </div>
  )
}

export default function OverviewPage() {
  titled('', 'Control room')
  const { data, problem } = useQuery<Overview>('/api/discovery/overview', { keep: true, ...every(3000) })
  const history = useQuery<History>('/api/discovery/history?minutes=15&points=30', { keep: true, ...every(15_000) })
  const [onlyFailing, withProbes] = [query.value.get('only') === 'failing', query.value.get('probes') === 'shown']
  const services = data?.services.filter(service => !onlyFailing || isFailing(service))
  const requests = ({ figures }: ServiceOverview) => figures && figures.requests + (withProbes ? figures.probes : 0)
  return (
    <div class="grid gap-6">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <h1>Overview</h1>
        <DemoOrders sandbox={data?.sandbox} />
      </div>
      <Stale problem={problem} since={data?.checked_at} />
      <Totals overview={data} />
      <FilterBar names={filters}>
        <SelectFilter name="only" label="Services" any="All" options={[{ value: 'failing', label: 'Only failing' }]} />
        <SelectFilter
          name="probes"
          label="Probes and heartbeats"
          any="Hidden"
          options={[{ value: 'shown', label: 'Counted as requests' }]}
        />
      </FilterBar>
      <Card flush>
        <Table
          caption="Services"
          rows={services}
          skeletonRows={14}
          rowKey={({ name }) => name}
          columns={[
            {
              title: 'Service',
              cell: ({ name }) => (
                <Link to={`/services/${name}`} class="link font-semibold">
                  {name}
                </Link>
              ),
            },
            {
              title: 'Health',
              cell: ({ status, instances }) => (
                <span class="flex flex-wrap items-center gap-2">
                  <Health state={status} />
                  <span class="text-sm text-soft">{instancesOf(instances)}</span>
                </span>
              ),
            },
            { title: 'Requests /s', end: true, cell: service => rate(requests(service)) },
            {
              title: '15 minutes',
              cell: ({ name }) => {
                const values = history.data?.services[name]?.requests.map(value => value ?? 0) ?? []
                return (
                  <Sparkline
                    values={values}
                    label={`Requests of ${name} in 15 minutes, at most ${rate(Math.max(0, ...values))} per second`}
                  />
                )
              },
            },
            {
              title: 'Failed /s',
              end: true,
              cell: ({ figures }) => (
                <span class={figures && figures.errors > 0 ? 'text-bad font-semibold' : ''}>{rate(figures?.errors)}</span>
              ),
            },
            { title: 'p50 · p99', end: true, cell: ({ figures }) => `${milliseconds(figures?.p50_ms)} · ${milliseconds(figures?.p99_ms)}` },
            { title: 'Events /s', end: true, cell: ({ figures }) => rate(figures?.handled) },
            { title: 'Outbox', end: true, cell: ({ figures }) => (figures ? number(figures.outbox) : '–') },
            {
              title: 'Processor · memory',
              end: true,
              cell: ({ figures }) => `${processor(figures?.cpu)} · ${megabytes(figures?.memory_bytes)}`,
            },
          ]}
          empty={<Empty title="Nothing fails">Every service is up, answers without errors and gives nothing up.</Empty>}
        />
      </Card>
    </div>
  )
}
