import type { History } from '../../../sdk/src/api/model.ts'
import { Empty, Skeleton } from '../../kit/card'
import { FilterBar, SelectFilter } from '../../kit/filters'
import { useQuery } from '../../kit/query'
import { query } from '../../kit/route'
import { titled } from '../../kit/site'
import { every, Stale } from '../look'
import { ServicePlots } from '../plots'

const filters = ['service', 'minutes']

export default function HistoryPage() {
  titled('Last hour', 'Control room')
  const given = Number(query.value.get('minutes'))
  const minutes = [5, 15].includes(given) ? given : 60
  const { data, problem, reload } = useQuery<History>(`/api/discovery/history?minutes=${minutes}&points=60`, {
    keep: true,
    ...every(15_000),
  })
  const names = Object.keys(data?.services ?? {})
  const chosen = query.value.get('service')
  const until = data?.times.at(-1)
  return (
    <div class="grid gap-6">
      <h1>Last hour</h1>
      <Stale problem={problem} since={until ? new Date(until * 1000).toISOString() : undefined} />
      <FilterBar names={filters}>
        <SelectFilter name="service" label="Service" any="All together" options={names.map(name => ({ value: name, label: name }))} />
        <SelectFilter
          name="minutes"
          label="Time"
          any="60 minutes"
          options={[
            { value: '15', label: '15 minutes' },
            { value: '5', label: '5 minutes' },
          ]}
        />
      </FilterBar>
      {!data ? (
        <Skeleton class="h-60" lines={3} />
      ) : names.length === 0 ? (
        <Empty title="Nothing was sampled yet">
          The first figures come within a minute. They are kept for an hour, also when everything is restarted.
        </Empty>
      ) : (
        <ServicePlots history={data} services={chosen && names.includes(chosen) ? [chosen] : names} />
      )}
      <p class="text-sm text-soft">
        A sample is taken every 5 seconds while somebody watches, and every 30 seconds otherwise.{' '}
        <button type="button" class="link" onClick={reload}>
          Read again
        </button>
      </p>
    </div>
  )
}
