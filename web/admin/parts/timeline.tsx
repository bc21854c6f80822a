import { useEffect } from 'preact/hooks'
import { Skeleton } from '../../kit/card'
import { Time } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import type { OrderTimeline } from '../types'

export function Timeline({ orderId, version }: { orderId: number; version: string }) {
  const { data, problem, reload } = useQuery<OrderTimeline>(`/api/orders/${orderId}/timeline`)
  useEffect(reload, [version])
  if (!data) return problem ? <Problem problem={problem} onRetry={reload} /> : <Skeleton lines={5} class="h-8" />
  return (
    <ol class="grid gap-3">
      {data.items.toReversed().map(({ event_id, type, service, time, data: about }) => {
        const { status, reason } = (about ?? {}) as { status?: string; reason?: string }
        return (
          <li key={event_id} class="border-l-2 border-brand pl-3">
            <span class="block font-semibold">
              {type} {status && `→ ${status.replaceAll('_', ' ')}`}
            </span>
            <span class="text-sm text-soft">
              {service} · <Time at={time} />
              {reason && ` · ${reason}`}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
