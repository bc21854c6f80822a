import { call } from '../../kit/api'
import { Card, Skeleton } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { Money, Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link, type PageProps } from '../../kit/route'
import { titled } from '../../kit/site'
import { Sums } from '../../kit/sums'
import { Table } from '../../kit/table'
import { Trail } from '../../kit/tabs'
import { Payments } from '../parts/payments'
import { Returns } from '../parts/returns'
import { Shipments } from '../parts/shipments'
import { State } from '../parts/states'
import { Timeline } from '../parts/timeline'
import type { Order } from '../types'

const address = ({ shipping_address: to }: Order) =>
  typeof to === 'string' ? to : [to.line1, to.line2, to.postal_code, to.city, to.region, to.country].filter(Boolean).join(', ')

function Amounts({ order: { subtotal, discount, shipping, tax, total_amount, currency } }: { order: Order }) {
  const rows = [
    ['Goods', subtotal],
    ['Discount', discount === 0 ? 0 : -discount],
    ['Shipping', shipping],
    ['Tax', tax],
  ] as const
  return <Sums rows={rows} total={['Total', total_amount]} currency={currency} />
}

export default function OrderPage({ params: { id = '' } }: PageProps) {
  titled(`Order #${id}`, 'Shop admin')
  const { data: order, problem, reload } = useQuery<Order>(`/api/orders/${encodeURIComponent(id)}`, { everyMs: 5000 })
  const cancel = async (headers: Record<string, string>) => {
    await call('POST', `/api/orders/${id}/cancel`, { headers })
    changed('/api/')
    say('The order is cancelled.')
  }
  return (
    <div class="grid gap-6">
      <Trail steps={[{ to: '/orders', title: 'Orders' }]} />
      <div class="flex flex-wrap items-center justify-between gap-4">
        <h1 class="flex flex-wrap items-center gap-3">
          Order #{id} {order && <State of={order.status} />}
        </h1>
        <span class="flex gap-2">
          <a class="button button-plain" href={`/control/orders/${id}`}>
            Its story
          </a>
          {order?.next_states.includes('cancelled') && (
            <Confirm label="Cancel the order" title={`Cancel order #${id}?`} onConfirm={cancel}>
              The goods go back to the shelf, and what was paid is refunded. This cannot be taken back.
            </Confirm>
          )}
        </span>
      </div>
      <Problem problem={problem} onRetry={reload} />
      {!order && !problem && <Skeleton lines={8} class="h-10" />}
      {order && (
        <div class="grid items-start gap-6 xl:grid-cols-[1fr_22rem]">
          <div class="grid min-w-0 gap-6">
            <Card title="Goods" flush>
              <Table
                caption="Goods"
                rows={order.items}
                rowKey={({ id: line }) => `${line}`}
                columns={[
                  {
                    title: 'Product',
                    cell: ({ product_id, name }) => (
                      <Link to={`/products/${product_id}`} class="link">
                        {name}
                      </Link>
                    ),
                  },
                  { title: 'SKU', cell: ({ sku }) => sku },
                  { title: 'Pieces', end: true, cell: ({ quantity }) => quantity },
                  { title: 'Price', end: true, cell: ({ price }) => <Money amount={price} currency={order.currency} /> },
                  { title: 'Discount', end: true, cell: ({ discount }) => <Money amount={discount} currency={order.currency} /> },
                ]}
                empty={null}
              />
            </Card>
            <Payments orderId={order.id} />
            <Shipments orderId={order.id} />
            <Returns orderId={order.id} />
          </div>
          <div class="grid gap-6">
            <Card title="Summary">
              <div class="grid gap-4">
                <Amounts order={order} />
                <p class="text-sm">{address(order)}</p>
                <p class="text-sm text-soft">
                  Customer{' '}
                  <Link to={`/users/${order.user_id}`} class="link">
                    {order.user_id}
                  </Link>
                  , placed <Time at={order.created_at} />
                  {order.cancel_reason && `, cancelled: ${order.cancel_reason.replaceAll('_', ' ')}`}
                </p>
              </div>
            </Card>
            <Card title="Timeline">
              <Timeline orderId={order.id} version={order.updated_at} />
            </Card>
          </div>
        </div>
      )}
    </div>
  )
}
