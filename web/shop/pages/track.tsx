import { Badge, Card, Skeleton } from '../../kit/card'
import { Time } from '../../kit/format'
import { Problem } from '../../kit/notice'
import { useQuery } from '../../kit/query'
import type { PageProps } from '../../kit/route'
import { titled } from '../../kit/site'
import { parcelSteps } from '../parts/parcel-states'
import type { Tracking } from '../types'
import { words } from '../words'

const isOver = ({ status }: Tracking) => ['delivered', 'returned', 'voided'].includes(status)

export default function Track({ params: { number = '' } }: PageProps) {
  const w = words.value
  titled(w.parcel, w.shop)
  const { data, problem, reload } = useQuery<Tracking>(`/api/shipping/track/${encodeURIComponent(number)}`, {
    everyMs: 10_000,
    until: isOver,
  })
  return (
    <div class="grid max-w-xl gap-6">
      <h1>{w.parcel}</h1>
      <p class="font-mono text-soft">{number}</p>
      <Problem problem={problem} onRetry={reload} />
      <Card>
        {data ? (
          <ol class="grid gap-4" aria-live="polite">
            {parcelSteps(data)
              .toReversed()
              .map(({ status, at }, index) => (
                <li key={at} class="flex items-center justify-between gap-4">
                  <Badge tone={index === 0 ? 'brand' : undefined}>{w.parcelStates(status)}</Badge>
                  <Time at={at} />
                </li>
              ))}
          </ol>
        ) : (
          !problem && <Skeleton lines={4} class="h-8" />
        )}
      </Card>
    </div>
  )
}
