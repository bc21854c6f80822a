import type { DriftReport } from '../../../sdk/src/api/model.ts'
import { Badge, Card, Empty } from '../../kit/card'
import { FilterBar, SelectFilter } from '../../kit/filters'
import { number, Time } from '../../kit/format'
import { useQuery } from '../../kit/query'
import { Link, query } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { every, Stale, words } from '../look'

const filters = ['only', 'minutes']
/** Their examples are the numbers of orders. */
const ofOrders = /^order_|_orders$|^money_kept$|^tax_payments$/

/** The window ends a few seconds ago: what is younger may still be under way. Whole minutes, so that the same question has the same address. */
const windowOf = (minutes: number) => {
  const to = Math.floor(Date.now() / 60_000) * 60_000
  return new URLSearchParams({ from: new Date(to - minutes * 60_000).toISOString(), to: new Date(to).toISOString() })
}

export default function DriftPage() {
  titled('Drift', 'Control room')
  const minutes = Number(query.value.get('minutes'))
  const chosen = [60, 1440].includes(minutes) ? `?${windowOf(minutes)}` : ''
  const { data, problem, loading } = useQuery<DriftReport>(`/api/discovery/drift${chosen}`, { keep: true, ...every(30_000) })
  const relations = Object.entries(data?.drift ?? {}).map(([name, count]) => ({ name, count, examples: data?.examples[name] ?? [] }))
  const shown = relations.filter(({ count }) => count > 0 || query.value.get('only') !== 'differing').toSorted((a, b) => b.count - a.count)
  return (
    <div class="grid gap-6">
      <h1>Drift</h1>
      <p class="max-w-prose text-soft">
        Where two services believe different things about the same, or something has waited too long. All are 0 in a quiet shop. A relation
        is missing while a service that it compares does not answer.
      </p>
      <Stale problem={problem} since={data?.checked_at} />
      <FilterBar names={filters}>
        <SelectFilter name="only" label="Relations" any="All" options={[{ value: 'differing', label: 'Only what differs' }]} />
        <SelectFilter
          name="minutes"
          label="What changed in"
          any="The last 15 minutes"
          options={[
            { value: '60', label: 'The last hour' },
            { value: '1440', label: 'The last day' },
          ]}
        />
      </FilterBar>
      <Card flush>
        <Table
          caption="Relations"
          rows={data && shown}
          loading={loading && !data}
          skeletonRows={12}
          rowKey={({ name }) => name}
          columns={[
            { title: 'Relation', cell: ({ name }) => words(name) },
            { title: 'Found', end: true, cell: ({ count }) => <Badge tone={count === 0 ? 'good' : 'bad'}>{number(count)}</Badge> },
            {
              title: 'Examples',
              cell: ({ name, examples }) => (
                <span class="flex flex-wrap gap-x-3">
                  {examples.map(example =>
                    ofOrders.test(name) && /^\d+$/.test(example) ? (
                      <Link key={example} to={`/orders/${example}`} class="link">
                        order {example}
                      </Link>
                    ) : (
                      <code key={example}>{example}</code>
                    ),
                  )}
                </span>
              ),
            },
          ]}
          empty={<Empty title="Nothing differs">All services agree about what they know.</Empty>}
        />
      </Card>
      {data && (
        <p class="text-sm text-soft">
          Compared at <Time at={data.checked_at} as="clock" />, from <Time at={data.window.from} /> to <Time at={data.window.to} />.
        </p>
      )}
    </div>
  )
}
