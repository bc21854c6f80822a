import { Skeleton } from '../../kit/card'
import { Time } from '../../kit/format'
import { useQuery } from '../../kit/query'
import type { OrderTimeline } from '../types'
import { words } from '../words'
import { parcelState } from './parcel-states'

const told = ({ status = '', carrier = '', ...about }: Record<string, string>) => ({
  ...about,
  status: parcelState({ status, carrier, ready_at: null }),
})

/** What happened to an order, newest first. It is read again whenever the order has changed. */
export function Timeline({ orderId, version }: { orderId: number; version: string }) {
  const { data } = useQuery<OrderTimeline>(`/api/orders/${orderId}/timeline`, { version })
  const w = words.value
  return (
    <ol class="grid gap-4" aria-live="polite">
      {data?.items.toReversed().map(({ event_id, type, time, data: about }) => (
        <li key={event_id} class="grid gap-0.5 border-l-2 border-brand pl-4">
          <span class="font-semibold">{w.happened(type, told((about ?? {}) as Record<string, string>))}</span>
          <span class="text-sm text-soft">
            <Time at={time} />
          </span>
        </li>
      )) ?? <Skeleton lines={4} class="h-10" />}
    </ol>
  )
}
