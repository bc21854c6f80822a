import type { Page } from '../../kit/api'
import { Badge, Card, Empty } from '../../kit/card'
import { FilterBar, listQuery, Pager, SelectFilter } from '../../kit/filters'
import { Money, Time } from '../../kit/format'
import { Problem, type Tone } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import { SignedIn } from '../parts/signed-in'
import type { Order } from '../types'
import { words } from '../words'

const tones: Partial<Record<Order['status'], Tone>> = { delivered: 'good', cancelled: 'bad', awaiting_payment: 'warn', shipped: 'info' }
export const OrderBadge = ({ status }: { status: Order['status'] }) => <Badge tone={tones[status]}>{words.value.statuses(status)}</Badge>

const states = ['awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled']

function List() {
  const w = words.value
  const { data, problem, loading, reload } = useQuery<Page<Order>>(`/api/orders?${listQuery(['status'])}`, { keep: true })
  return (
    <>
      <FilterBar names={['status']}>
        <SelectFilter name="status" label={w.state} any={w.anyState} options={states.map(value => ({ value, label: w.statuses(value) }))} />
      </FilterBar>
      <Problem problem={problem} onRetry={reload} />
      <Card flush>
        <Table
          caption={w.orders}
          rows={data?.items}
          loading={loading}
          rowKey={({ id }) => `${id}`}
          columns={[
            {
              title: w.order,
              cell: ({ id }) => (
                <Link to={`/orders/${id}`} class="link">
                  #{id}
                </Link>
              ),
            },
            { title: w.placed, cell: ({ created_at }) => <Time at={created_at} as="day" /> },
            {
              title: w.goods,
              cell: ({ items }) => (
                <span class="max-sm:block max-sm:truncate sm:line-clamp-1">{items.map(({ name }) => name).join(', ')}</span>
              ),
            },
            { title: w.state, cell: ({ status }) => <OrderBadge status={status} /> },
            { title: w.total, end: true, cell: ({ total_amount, currency }) => <Money amount={total_amount} currency={currency} /> },
          ]}
          empty={<Empty title={w.noOrders}>{w.noOrdersHint}</Empty>}
        />
        <Pager page={data} />
      </Card>
    </>
  )
}

export default function Orders() {
  const w = words.value
  titled(w.orders, w.shop)
  return (
    <div class="grid gap-6">
      <h1>{w.orders}</h1>
      <SignedIn>
        <List />
      </SignedIn>
    </div>
  )
}
