import { call, type Page } from '../../kit/api'
import { Card, Empty } from '../../kit/card'
import { FilterBar, listQuery, Pager, SelectFilter, TextFilter } from '../../kit/filters'
import { Time } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { ChosenBar, Table } from '../../kit/table'
import { ActOnChosen, useChosen } from '../parts/chosen'
import { State } from '../parts/states'
import type { Delivery } from '../types'

const filters = ['state', 'channel', 'kind', 'user_id']
const states = ['queued', 'sent', 'delivered', 'bounced', 'complained', 'failed', 'suppressed']
const keyOf = ({ id }: Delivery) => `${id}`
const options = (values: readonly string[]) => values.map(value => ({ value, label: value.replaceAll('_', ' ') }))

export default function Deliveries() {
  titled('Messages', 'Shop admin')
  const { data, problem, loading, reload } = useQuery<Page<Delivery>>(`/api/notifications/deliveries?${listQuery(filters)}`, { keep: true })
  const kinds = useQuery<{ items: { kind: string }[] }>('/api/notifications/kinds')
  const chosen = useChosen(data?.items.map(keyOf))
  return (
    <div class="grid gap-6">
      <h1>Messages</h1>
      <FilterBar names={filters}>
        <SelectFilter name="state" label="State" any="Any state" options={options(states)} />
        <SelectFilter name="channel" label="Way" any="Any way" options={options(['email', 'sms', 'push'])} />
        <SelectFilter name="kind" label="Kind" any="Any kind" options={options((kinds.data?.items ?? []).map(({ kind }) => kind))} />
        <TextFilter name="user_id" label="Customer's number" />
      </FilterBar>
      <Problem problem={problem} onRetry={reload} />
      <ChosenBar chosen={chosen}>
        <ActOnChosen
          chosen={chosen}
          label="Send again"
          title="Send these messages again?"
          word="sent again"
          under="/api/notifications"
          act={(id, headers) => call('POST', `/api/notifications/deliveries/${id}/resend`, { headers })}
        >
          The people may get them twice.
        </ActOnChosen>
      </ChosenBar>
      <Card flush>
        <Table
          caption="Messages that left the shop"
          rows={data?.items}
          loading={loading}
          chosen={chosen}
          rowKey={keyOf}
          columns={[
            {
              title: 'Message',
              cell: ({ id, kind }) => (
                <Link to={`/deliveries/${id}`} class="link">
                  {kind.replaceAll('_', ' ')}
                </Link>
              ),
            },
            {
              title: 'To',
              cell: ({ user_id }) => (
                <Link to={`/users/${user_id}`} class="link">
                  {user_id}
                </Link>
              ),
            },
            { title: 'Way', cell: ({ channel, provider }) => `${channel} ${provider ? `(${provider})` : ''}` },
            { title: 'State', cell: ({ state }) => <State of={state} /> },
            { title: 'Attempts', end: true, cell: ({ attempts }) => attempts },
            { title: 'When', end: true, cell: ({ created_at }) => <Time at={created_at} /> },
          ]}
          empty={<Empty title="No messages here">Take a filter away.</Empty>}
        />
        <Pager page={data} />
      </Card>
    </div>
  )
}
