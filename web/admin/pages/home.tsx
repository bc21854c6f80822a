import type { Page } from '../../kit/api'
import { Card, Empty, Skeleton, Stat } from '../../kit/card'
import { Chart } from '../../kit/chart'
import { Select } from '../../kit/field'
import { Money, money, number, percent } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import { Link, query, setQuery } from '../../kit/route'
import { titled } from '../../kit/site'
import { Table } from '../../kit/table'
import type { OrderStats } from '../types'

const ranges = { '7': 'Last 7 days', '30': 'Last 30 days', '90': 'Last 90 days' } as const
const dayMs = 86_400_000
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

/** What waits for somebody, each with its page. */
function ToDo() {
  const reviews = useQuery<Page<unknown>>('/api/ratings/pending?limit=1')
  const low = useQuery<Page<unknown>>('/api/inventory/low-stock?limit=1')
  const failed = useQuery<Page<unknown>>('/api/notifications/deliveries?state=failed&limit=1')
  const items = [
    ['/reviews', 'Reviews waiting', reviews.data?.total],
    ['/stock?tab=low', 'SKUs low in stock', low.data?.total],
    ['/deliveries?state=failed', 'Messages that failed', failed.data?.total],
  ] as const
  return (
    <div class="grid gap-4 sm:grid-cols-3">
      {items.map(([to, title, count]) => (
        <Link key={to} to={to} class="card grid gap-1 p-5 hover:shadow-raised">
          <span class="text-sm text-soft">{title}</span>
          <strong class="text-2xl number">{count === undefined ? '–' : number(count)}</strong>
        </Link>
      ))}
    </div>
  )
}

export default function Home() {
  titled('Overview', 'Shop admin')
  const days = query.value.get('days') ?? '30'
  const by = days === '90' ? 'week' : 'day'
  const until = Date.now()
  const { data, problem, reload } = useQuery<OrderStats>(
    `/api/orders/stats?from=${dayOf(until - Number(days) * dayMs)}&to=${dayOf(until + dayMs)}&by=${by}`,
    { keep: true },
  )
  return (
    <div class="grid gap-6">
      <div class="flex flex-wrap items-end justify-between gap-4">
        <h1>Overview</h1>
        <Select
          name="days"
          label="Time"
          value={days}
          onChange={value => setQuery({ days: value })}
          options={Object.entries(ranges).map(([value, label]) => ({ value, label }))}
        />
      </div>
      <Problem problem={problem} onRetry={reload} />
      <div class="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        <Stat label="Revenue" value={data ? money(data.revenue, data.currency) : '–'} />
        <Stat label="Orders" value={data ? number(data.orders) : '–'} />
        <Stat label="Average order" value={data ? money(data.average, data.currency) : '–'} />
        <Stat label="Cancelled" value={data ? percent(data.cancellation_rate) : '–'} />
      </div>
      <ToDo />
      <Card title="Revenue">
        {data ? (
          <Chart
            label={`Revenue by ${by}`}
            times={data.buckets.map(({ start }) => Date.parse(start) / 1000)}
            series={[{ label: 'Revenue', values: data.buckets.map(({ revenue }) => revenue) }]}
            format={value => money(value, data.currency)}
          />
        ) : (
          <Skeleton class="h-[220px]" />
        )}
      </Card>
      <Card title="Orders and cancellations">
        {data ? (
          <Chart
            label={`Orders by ${by}`}
            times={data.buckets.map(({ start }) => Date.parse(start) / 1000)}
            series={[
              { label: 'Placed', values: data.buckets.map(({ orders }) => orders) },
              { label: 'Cancelled', values: data.buckets.map(({ cancelled }) => cancelled), tone: 'bad' },
            ]}
            format={value => number(value)}
          />
        ) : (
          <Skeleton class="h-[240px]" />
        )}
      </Card>
      <Card title="Sold most" flush>
        <Table
          caption="Products that were sold most"
          rows={data?.top_products}
          rowKey={({ product_id }) => product_id}
          columns={[
            {
              title: 'Product',
              cell: ({ product_id, name }) => (
                <Link to={`/products/${product_id}`} class="link">
                  {name}
                </Link>
              ),
            },
            { title: 'Pieces', end: true, cell: ({ quantity }) => <span class="number">{number(quantity)}</span> },
            { title: 'Revenue', end: true, cell: ({ revenue }) => <Money amount={revenue} currency={data?.currency ?? 'USD'} /> },
          ]}
          empty={<Empty title="Nothing was sold">Choose a longer time, or place a demo order in the control room.</Empty>}
        />
      </Card>
    </div>
  )
}
