import type { BrokerQueue, BrokerQueues, Overview } from '../../../sdk/src/api/model.ts'
import { Card, Empty, Skeleton, Stat } from '../../kit/card'
import { FilterBar, SelectFilter, TextFilter } from '../../kit/filters'
import { number } from '../../kit/format'
import { useQuery } from '../../kit/query'
import { Link, query } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { every, rate, Stale, span } from '../look'

const filters = ['q', 'kind', 'only']
const kinds = {
  events: 'Events for a service',
  timer: 'Timers that are due',
  delay: 'Timers that wait',
  retry: 'To be tried again',
  dead_letters: 'Dead letters',
} as const

/** What an operator should look at: something was given up, or waits and nobody receives. */
const isWrong = ({ kind, ready, consumers }: BrokerQueue) =>
  kind === 'dead_letters' ? ready > 0 : (kind === 'events' || kind === 'timer') && (consumers === 0 || ready > 1000)

/** An empty queue of dead letters says nothing: there is one for each queue. */
const isShown = (one: BrokerQueue, only = '') => {
  if (only === 'wrong') return isWrong(one)
  return only === 'all' || one.ready > 0 || (only !== 'waiting' && one.kind !== 'dead_letters')
}

export default function QueuesPage() {
  titled('Queues', 'Control room')
  const { data, problem } = useQuery<BrokerQueues>('/api/discovery/queues', { keep: true, ...every(5000) })
  const overview = useQuery<Overview>('/api/discovery/overview', { keep: true, ...every(5000) })
  const [wanted, kind, only] = ['q', 'kind', 'only'].map(name => query.value.get(name) ?? '')
  const shown = data?.queues.filter(
    one => (!kind || one.kind === kind) && isShown(one, only) && [one.queue, ...one.types].join(' ').includes(wanted?.toLowerCase() ?? ''),
  )
  const waiting = (which: BrokerQueue['kind']) => data?.queues.reduce((sum, one) => sum + (one.kind === which ? one.ready : 0), 0) ?? 0
  const outboxes = overview.data?.services.filter(({ figures }) => figures !== null) ?? []
  return (
    <div class="grid gap-6">
      <h1>Queues</h1>
      <Stale problem={problem} since={data?.checked_at} />
      {data ? (
        <div class="grid grid-cols-2 gap-4 md:grid-cols-5">
          {(Object.keys(kinds) as (keyof typeof kinds)[]).map(which => (
            <Stat key={which} label={kinds[which]} value={number(waiting(which))} />
          ))}
        </div>
      ) : (
        <Skeleton class="h-24" />
      )}
      <Card title="Outboxes" flush>
        <Table
          caption="Outboxes"
          rows={overview.data && outboxes}
          rowKey={({ name }) => name}
          columns={[
            {
              title: 'Service',
              cell: ({ name }) => (
                <Link to={`/services/${name}`} class="link">
                  {name}
                </Link>
              ),
            },
            { title: 'Not published yet', end: true, cell: ({ figures }) => number(figures?.outbox ?? 0) },
            {
              title: 'The oldest waits',
              end: true,
              cell: ({ figures }) => (figures?.outbox ? span(figures.outbox_age_seconds * 1000) : '–'),
            },
            { title: 'In work', end: true, cell: ({ figures }) => number(figures?.being_handled ?? 0) },
            { title: 'Held', end: true, cell: ({ figures }) => number(figures?.held ?? 0) },
          ]}
          empty={<Empty title="No figures yet">They come with the second sample, within a minute.</Empty>}
        />
      </Card>
      <FilterBar names={filters}>
        <TextFilter name="q" label="Queue or event" placeholder="order.created" />
        <SelectFilter
          name="kind"
          label="Kind"
          any="Every kind"
          options={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
        />
        <SelectFilter
          name="only"
          label="Show"
          any="Without empty dead letters"
          options={[
            { value: 'all', label: 'All queues' },
            { value: 'waiting', label: 'Only where something waits' },
            { value: 'wrong', label: 'Only what needs a look' },
          ]}
        />
      </FilterBar>
      <Card flush>
        <Table
          caption="Queues"
          rows={shown}
          rowKey={({ queue }) => queue}
          columns={[
            {
              title: 'Queue',
              cell: one =>
                one.kind === 'dead_letters' && one.ready > 0 ? (
                  <Link to={`/dead-letters?queue=${one.queue.replace(/\.dlq$/, '')}`} class="link break-all">
                    {one.queue}
                  </Link>
                ) : (
                  <code class="break-all">{one.queue}</code>
                ),
            },
            { title: 'Kind', cell: one => kinds[one.kind] },
            {
              title: 'Ready',
              end: true,
              cell: one => <span class={isWrong(one) ? 'font-semibold text-bad' : ''}>{number(one.ready)}</span>,
            },
            { title: 'Consumers', end: true, cell: ({ consumers }) => consumers },
            { title: 'Handled /s', end: true, cell: ({ handled }) => rate(handled) },
          ]}
          empty={<Empty title="No queue is like that">Take a filter away to see the others.</Empty>}
        />
      </Card>
    </div>
  )
}
