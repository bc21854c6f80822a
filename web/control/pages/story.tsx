import { useEffect } from 'preact/hooks'
import type { Order, OrderStory, OrderTimeline, PaymentPage, ShipmentPage } from '../../../sdk/src/api/model.ts'
import { Card, Empty, Skeleton } from '../../kit/card'
import { Money, Time } from '../../kit/format'
import { Notice, Problem } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { PageProps } from '../../kit/route'
import { titled } from '../../kit/site'
import { Trail } from '../../kit/tabs'
import { onLiveEvent } from '../live'
import { every, OrderState, Stale, words } from '../look'
import { Next } from '../next'
import { Steps } from '../steps'
import { stepsOf } from '../timeline'

/** Facts of one step come close together: they are read once, a moment later. */
const settleMs = 200

/** Reads the parts of the story again when something happens to the order. */
const useFresh = (id: string) =>
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = onLiveEvent(({ order_id }) => {
      if (`${order_id}` !== id) return
      clearTimeout(timer)
      timer = setTimeout(() => {
        for (const path of [`/api/orders/${id}`, '/api/payments', '/api/shipping/shipments', `/api/discovery/orders/${id}`]) changed(path)
      }, settleMs)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [id])

function Parts({ order, payment, parcels, story }: { order: Order; payment?: PaymentPage; parcels?: ShipmentPage; story?: OrderStory }) {
  const rows: [string, preact.ComponentChildren][] = [
    ['Customer', order.user_id],
    ['Total', <Money amount={order.total_amount} currency={order.currency} />],
    ['Money', story?.money ? `${story.money.captured} captured, ${story.money.refunded} refunded` : words(order.payment_status)],
    ['Stock', story?.reservation ? words(story.reservation) : '–'],
    ...(order.coupon_code ? ([['Coupon', `${order.coupon_code} ${story?.redemption ?? ''}`]] as [string, string][]) : []),
    ['Tax report', story?.taxed ?? '–'],
    [
      'Payments',
      payment?.items.map(({ id, status, reason }) => `${id} ${words(status)}${reason ? ` (${words(reason)})` : ''}`).join(', ') || '–',
    ],
    ['Parcels', parcels?.items.map(({ id, status, tracking_number }) => `${id} ${words(status)} (${tracking_number})`).join(', ') || '–'],
    ['Placed', <Time at={order.created_at} />],
    [
      'Change it',
      <a href={`/admin/orders/${order.id}`} class="link">
        in the admin
      </a>,
    ],
  ]
  return (
    <Card title="What each service knows">
      <dl class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
        {rows.map(([name, value]) => (
          <div key={name} class="contents">
            <dt class="text-soft">{name}</dt>
            <dd class="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {order.cancel_reason && <p class="pt-3 text-bad">Cancelled: {words(order.cancel_reason)}</p>}
    </Card>
  )
}

export default function StoryPage({ params: { id = '' } }: PageProps) {
  titled(`Order ${id}`, 'Control room')
  useFresh(id)
  const order = useQuery<Order>(`/api/orders/${id}`, { keep: true, ...every(10_000) })
  const found = order.data !== undefined
  const timeline = useQuery<OrderTimeline>(found ? `/api/orders/${id}/timeline` : undefined, { keep: true, ...every(10_000) })
  const payments = useQuery<PaymentPage>(found ? `/api/payments?order_id=${id}` : undefined, { keep: true, ...every(10_000) })
  const parcels = useQuery<ShipmentPage>(found ? `/api/shipping/shipments?order_id=${id}` : undefined, { keep: true, ...every(10_000) })
  const story = useQuery<OrderStory>(found ? `/api/discovery/orders/${id}` : undefined, { keep: true, ...every(10_000) })
  if (order.problem?.status === 404 || order.problem?.status === 400)
    return <Empty title={`There is no order ${id}`}>Look at the number again, or choose one of the live orders.</Empty>
  const missing = [
    timeline.problem && 'order',
    payments.problem && 'payment',
    parcels.problem && 'shipping',
    story.problem && 'discovery',
    ...(story.data?.unanswered ?? []),
  ].filter(Boolean)
  const letters = story.data?.dead_letters ?? []
  return (
    <div class="grid gap-6">
      <Trail steps={[{ to: '/live', title: 'Live orders' }]} />
      <h1 class="flex flex-wrap items-center gap-3">
        Order {id} {order.data && <OrderState status={order.data.status} />}
      </h1>
      <Stale problem={order.problem} since={order.at} />
      {missing.length > 0 && (
        <Notice tone="warn" title="A part of the story is missing">
          <p>{[...new Set(missing)].join(', ')} does not answer. What it told before is still shown, and it is asked again.</p>
        </Notice>
      )}
      <div class="grid items-start gap-6 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <Card title="What happened">
          {timeline.data ? <Steps steps={stepsOf(timeline.data.items, letters)} /> : <Skeleton class="h-12" lines={5} />}
          <Problem problem={timeline.data ? undefined : timeline.problem} onRetry={timeline.reload} />
        </Card>
        <div class="grid gap-6">
          {order.data && (
            <Next
              order={order.data}
              payments={payments.data?.items}
              shipments={parcels.data?.items}
              story={story.data}
              letters={letters.length}
            />
          )}
          {order.data ? (
            <Parts
              order={order.data}
              {...(payments.data && { payment: payments.data })}
              {...(parcels.data && { parcels: parcels.data })}
              {...(story.data && { story: story.data })}
            />
          ) : (
            <Skeleton class="h-60" />
          )}
        </div>
      </div>
    </div>
  )
}
