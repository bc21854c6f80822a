import { call } from '../../kit/api'
import { Card, Skeleton } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { Money, Time } from '../../kit/format'
import { Notice, Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import { Link, type PageProps } from '../../kit/route'
import { titled } from '../../kit/site'
import { oneLine } from '../parts/address'
import { Amounts } from '../parts/amounts'
import { Parcels } from '../parts/parcels'
import { Pay } from '../parts/pay'
import { Returns } from '../parts/returns'
import { SignedIn } from '../parts/signed-in'
import { Timeline } from '../parts/timeline'
import type { Order } from '../types'
import { words } from '../words'
import NothingHere from './nothing-here'
import { OrderBadge } from './orders'

const isOver = ({ status }: Order) => status === 'delivered' || status === 'cancelled'
/** Over, and what was paid for a cancelled order is back. */
const isSettled = ({ status, payment_status }: Order) =>
  status === 'delivered' || (status === 'cancelled' && !['authorized', 'paid'].includes(payment_status))

function Lines({ order: { items, currency } }: { order: Order }) {
  return (
    <ul>
      {items.map(({ id, product_id, name, sku, quantity, price, discount }) => (
        <li key={id} class="flex justify-between gap-4 border-b border-line py-3 first:pt-0 last:border-0 last:pb-0">
          <span>
            <Link to={`/products/${product_id}`} class="font-semibold hover:underline">
              {name}
            </Link>
            <span class="block text-sm text-soft">
              {quantity} × {sku}
            </span>
          </span>
          <Money amount={price * quantity - discount} currency={currency} />
        </li>
      ))}
    </ul>
  )
}

function Cancel({ order }: { order: Order }) {
  const w = words.value
  if (!order.next_states.includes('cancelled') || order.status === 'shipped') return null
  const cancel = async (headers: Record<string, string>) => {
    await call('POST', `/api/orders/${order.id}/cancel`, { headers })
    changed('/api/orders')
    say(w.cancelled)
  }
  return (
    <Confirm label={w.cancelOrder} title={w.cancelTitle(order.id)} onConfirm={cancel}>
      {w.cancelHint}
    </Confirm>
  )
}

function One({ id }: { id: string }) {
  const w = words.value
  const path = `/api/orders/${encodeURIComponent(id)}`
  const { data: order, problem, reload } = useQuery<Order>(path, { everyMs: 2000, until: isSettled })
  if (problem && [403, 404, 400, 422].includes(problem.status)) return <NothingHere />
  if (!order)
    return (
      <>
        <Problem problem={problem} onRetry={reload} />
        <Skeleton lines={8} class="h-10" />
      </>
    )
  const isLive = !isOver(order)
  const { subtotal, discount, tax, shipping, total_amount: total, currency, cancel_reason: reason, cancelled_by: by } = order
  return (
    <>
      <p class="flex flex-wrap items-center gap-3 text-soft" role="status">
        <OrderBadge status={order.status} />
        <span>
          {w.placed} <Time at={order.created_at} />
        </span>
      </p>
      {reason && <Notice tone="warn">{by ? w.cancelledBy(by) : w.cancelReasons(reason)}</Notice>}
      {problem && <Notice tone="warn">{w.stale}</Notice>}
      <div class="grid items-start gap-6 lg:grid-cols-[1fr_22rem]">
        <div class="grid gap-6">
          {isLive && <Pay order={order} />}
          <Card title={w.goods}>
            <Lines order={order} />
          </Card>
          <Parcels orderId={order.id} live={isLive} />
          {order.status === 'delivered' && <Returns order={order} />}
        </div>
        <div class="grid gap-6">
          <Card title={w.summary}>
            <div class="grid gap-4">
              <Amounts amounts={{ subtotal, discount, tax, shipping, total, currency }} />
              <p class="text-sm text-soft">{oneLine(order.shipping_address)}</p>
              <Cancel order={order} />
            </div>
          </Card>
          <Card title={w.timeline}>
            <Timeline orderId={order.id} version={order.updated_at} />
          </Card>
        </div>
      </div>
    </>
  )
}

export default function OrderPage({ params: { id = '' } }: PageProps) {
  const w = words.value
  titled(w.orderNumber(id), w.shop)
  return (
    <div class="grid gap-6">
      <h1>{w.orderNumber(id)}</h1>
      <SignedIn>
        <One id={id} />
      </SignedIn>
    </div>
  )
}
