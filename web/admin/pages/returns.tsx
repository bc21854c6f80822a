import type { Page } from '../../kit/api'
import { Card, Empty } from '../../kit/card'
import { FilterBar, listQuery, Pager, SelectFilter } from '../../kit/filters'
import { Time } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link, query } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { goodsOf } from '../parts/goods'
import { State } from '../parts/states'
import type { Return } from '../types'

const states = ['approved', 'rejected', 'received']

export default function Returns() {
  titled('Returns', 'Shop admin')
  // What waits for an answer is shown first; what was decided is one choice away.
  const wanted = query.value.has('status') ? '' : 'status=requested&'
  const { data, problem, loading, reload } = useQuery<Page<Return>>(`/api/orders/returns?${wanted}${listQuery(['status'])}`, { keep: true })
  return (
    <div class="grid gap-6">
      <h1>Returns</h1>
      <FilterBar names={['status']}>
        <SelectFilter name="status" label="State" any="Waiting for an answer" options={states.map(value => ({ value, label: value }))} />
      </FilterBar>
      <Problem problem={problem} onRetry={reload} />
      <Card flush>
        <Table
          caption="Returns"
          rows={data?.items}
          loading={loading}
          rowKey={({ id }) => `${id}`}
          columns={[
            { title: 'Return', cell: ({ id }) => `#${id}` },
            {
              title: 'Order',
              cell: ({ order_id }) => (
                <Link to={`/orders/${order_id}`} class="link">
                  #{order_id}
                </Link>
              ),
            },
            { title: 'Goods', cell: ({ lines }) => goodsOf(lines) },
            { title: 'Reason', cell: ({ reason }) => reason },
            { title: 'State', cell: ({ status }) => <State of={status} /> },
            { title: 'Asked', end: true, cell: ({ created_at }) => <Time at={created_at} /> },
          ]}
          empty={<Empty title="No returns here">A return that a customer asks for waits here for your answer.</Empty>}
        />
        <Pager page={data} />
      </Card>
    </div>
  )
}
