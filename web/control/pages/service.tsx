import type { History, InstanceOverview, Overview } from '../../../sdk/src/api/model.ts'
import { Badge, Card, Empty, Skeleton } from '../../kit/card'
import { Time } from '../../kit/format'
import { useQuery } from '../../kit/query'
import type { PageProps } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { Trail } from '../../kit/tabs'
import { every, Health, megabytes, milliseconds, processor, rate, Stale, span } from '../look'
import { ServicePlots } from '../plots'

const needs = ({ dependencies }: InstanceOverview) => Object.entries(dependencies)

export default function ServicePage({ params: { name = '' } }: PageProps) {
  titled(name, 'Control room')
  const { data, problem } = useQuery<Overview>('/api/discovery/overview', { keep: true, ...every(3000) })
  const history = useQuery<History>('/api/discovery/history?minutes=60&points=60', { keep: true, ...every(30_000) })
  const service = data?.services.find(one => one.name === name)
  const handled = Object.entries(service?.handled ?? {}).sort(([, a], [, b]) => b - a)
  if (data && !service) return <Empty title={`There is no service ${name}`}>It may not be part of this release.</Empty>
  return (
    <div class="grid gap-6">
      <Trail steps={[{ to: '/', title: 'Overview' }]} />
      <h1 class="flex flex-wrap items-center gap-3">
        {name} {service && <Health state={service.status} />}
      </h1>
      <Stale problem={problem} since={data?.checked_at} />
      <Card title="Instances" flush>
        <Table
          caption={`Instances of ${name}`}
          rows={service?.instances}
          skeletonRows={1}
          rowKey={({ address }) => address}
          columns={[
            { title: 'Address', cell: ({ address }) => <code class="lg:whitespace-nowrap">{address}</code> },
            { title: 'Health', cell: ({ state }) => <Health state={state} /> },
            {
              title: 'Needs',
              cell: instance => (
                <span class="flex flex-wrap gap-1">
                  {needs(instance).map(([what, state]) => (
                    <Badge key={what} tone={state === 'up' ? 'good' : 'bad'}>
                      {what} {state}
                    </Badge>
                  ))}
                </span>
              ),
            },
            { title: 'Version', cell: ({ version }) => version },
            { title: 'Up for', cell: ({ started_at }) => (started_at ? span(Date.now() - Date.parse(started_at)) : '–') },
            { title: 'Requests /s', end: true, cell: ({ figures }) => rate(figures?.requests) },
            { title: 'Failed /s', end: true, cell: ({ figures }) => rate(figures?.errors) },
            { title: 'p50', end: true, cell: ({ figures }) => milliseconds(figures?.p50_ms) },
            { title: 'p99', end: true, cell: ({ figures }) => milliseconds(figures?.p99_ms) },
            { title: 'In work', end: true, cell: ({ figures }) => rate(figures?.being_handled) },
            { title: 'Processor', end: true, cell: ({ figures }) => processor(figures?.cpu) },
            { title: 'Memory', end: true, cell: ({ figures }) => megabytes(figures?.memory_bytes) },
          ]}
          empty={<Empty title="No instance is registered">Start one: it appears here within three seconds.</Empty>}
        />
      </Card>
      <Card title="Events it handles now">
        {handled.length === 0 ? (
          <p class="text-soft">None at the moment.</p>
        ) : (
          <ul class="flex flex-wrap gap-x-6 gap-y-1">
            {handled.map(([type, perSecond]) => (
              <li key={type}>
                <code>{type}</code> <span class="number text-soft">{rate(perSecond)} /s</span>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {history.data ? <ServicePlots history={history.data} services={[name]} /> : <Skeleton class="h-60" />}
      {data?.sampled_at && (
        <p class="text-sm text-soft">
          The figures are of the seconds before <Time at={data.sampled_at} as="clock" />.
        </p>
      )}
    </div>
  )
}
