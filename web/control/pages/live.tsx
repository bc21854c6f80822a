import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { OrderPage, Overview } from '../../../sdk/src/api/model.ts'
import { Card, Empty, Skeleton } from '../../kit/card'
import { FilterBar, SelectFilter, TextFilter } from '../../kit/filters'
import { clock, day } from '../../kit/format'
import { useQuery } from '../../kit/query'
import { Link, query } from '../../kit/route'
import { titled } from '../../kit/site'
import { DemoOrders } from '../demo-orders'
import { type Flowing, withNewest } from '../flowing'
import { events, type LiveEvent, onLiveEvent } from '../live'
import { every, Stale, words } from '../look'

const columns = ['pending', 'awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled']
const filters = ['q', 'only']
const mostInColumn = 12

const statusIn = ({ type, status }: LiveEvent) =>
  type === 'order.created' ? 'pending' : type === 'order.cancelled' ? 'cancelled' : type === 'order.status_updated' ? status : undefined

/** The orders as they are: those that were there, and each as it moves. */
const useOrders = (page: OrderPage | undefined) => {
  const orders = useSignal<readonly Flowing[]>([])
  useEffect(() => {
    const known = new Map(orders.peek().map(({ id, status }) => [id, status]))
    const news = (page?.items ?? []).filter(({ id, status }) => known.get(id) !== status)
    orders.value = withNewest(
      orders.peek(),
      news.map(({ id, status, updated_at }) => ({ id, status, at: Date.parse(updated_at), moved: known.has(id) })),
    )
  }, [page])
  useEffect(
    () =>
      onLiveEvent(event => {
        const status = statusIn(event)
        if (status && event.order_id !== undefined)
          orders.value = withNewest(orders.peek(), [{ id: event.order_id, status, at: Date.parse(event.time), moved: true }])
      }),
    [],
  )
  return orders.value
}

function Column({ status, orders }: { status: string; orders: readonly Flowing[] }) {
  return (
    <section class="card min-w-0 p-3 content-start grid gap-2" aria-label={words(status)}>
      <h2 class="flex justify-between gap-2 text-sm font-semibold">
        {words(status)} <span class="number text-soft">{orders.length}</span>
      </h2>
      <ul class="grid gap-1.5">
        {orders.slice(0, mostInColumn).map(({ id, at, moved }) => (
          <li key={id}>
            <Link
              to={`/orders/${id}`}
              class={`flex flex-wrap justify-between gap-x-2 rounded-control px-2.5 py-1.5 text-sm hover:bg-brand-wash ${moved ? 'bg-brand-wash text-brand font-semibold' : 'bg-sunken'}`}
            >
              <span class="number">{id}</span>
              <span class="number text-soft font-normal">{Date.now() - at < 86_400_000 ? clock(at) : day(at)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {orders.length > mostInColumn && <span class="text-xs text-soft">and {orders.length - mostInColumn} more</span>}
    </section>
  )
}

const isFailure = ({ type, status }: LiveEvent) => /failed|rejected|cancelled|voided|refunded/.test(type) || status === 'cancelled'

function Feed() {
  const wanted = query.value.get('q')?.toLowerCase() ?? ''
  const onlyFailed = query.value.get('only') === 'failed'
  const shown = events.value.filter(
    event =>
      (!onlyFailed || isFailure(event)) &&
      [event.type, event.source, event.status, event.order_id && `order ${event.order_id}`, event.aggregate?.id]
        .join(' ')
        .toLowerCase()
        .includes(wanted),
  )
  if (shown.length === 0)
    return <Empty title="Nothing has happened yet">Events appear here as they happen. Place an order, or take a filter away.</Empty>
  return (
    <ol class="grid" aria-label="Events, the newest first">
      {shown.slice(0, 40).map(event => (
        <li key={event.id} class="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b border-line py-1.5 text-sm">
          <span class="number text-soft">{clock(event.time)}</span>
          <code class={isFailure(event) ? 'text-bad' : ''}>{event.type}</code>
          <span class="text-soft">{event.source}</span>
          {event.status && <span>{words(event.status)}</span>}
          {event.reason && <span class="text-soft">{words(event.reason)}</span>}
          {event.order_id !== undefined && (
            <Link to={`/orders/${event.order_id}`} class="link ml-auto">
              order {event.order_id}
            </Link>
          )}
        </li>
      ))}
    </ol>
  )
}

export default function LivePage() {
  titled('Live orders', 'Control room')
  const { data, at, problem } = useQuery<OrderPage>('/api/orders?limit=60', { keep: true, ...every(15_000) })
  const overview = useQuery<Overview>('/api/discovery/overview', { keep: true, ...every(10_000) })
  const orders = useOrders(data)
  return (
    <div class="grid gap-6">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <h1>Live orders</h1>
        <DemoOrders sandbox={overview.data?.sandbox} />
      </div>
      <Stale problem={problem} since={at} />
      {data ? (
        <div class="grid gap-3 grid-cols-2 md:grid-cols-4 xl:grid-cols-7">
          {columns.map(status => (
            <Column key={status} status={status} orders={orders.filter(order => order.status === status)} />
          ))}
        </div>
      ) : (
        <Skeleton class="h-40" />
      )}
      <Card title="What happens">
        <div class="grid gap-4">
          <FilterBar names={filters}>
            <TextFilter name="q" label="Event, service or order" placeholder="payment" />
            <SelectFilter name="only" label="Show" any="Everything" options={[{ value: 'failed', label: 'Only what failed' }]} />
          </FilterBar>
          <Feed />
        </div>
      </Card>
    </div>
  )
}
