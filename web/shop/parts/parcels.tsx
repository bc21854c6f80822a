import type { Page } from '../../kit/api'
import { Badge, Card } from '../../kit/card'
import { Time } from '../../kit/format'
import { useQuery } from '../../kit/query'
import { Link } from '../../kit/route'
import type { Shipment } from '../types'
import { words } from '../words'
import { parcelState } from './parcel-states'

/** The parcels of an order. While it is `live` they are read every few seconds, and once more when it is over: they may have moved since. */
export function Parcels({ orderId, live }: { orderId: number; live: boolean }) {
  const w = words.value
  const { data } = useQuery<Page<Shipment>>(`/api/shipping/shipments?order_id=${orderId}&limit=20`, {
    version: live,
    ...(live && { everyMs: 5000 }),
  })
  if (!data?.items.length) return null
  return (
    <Card title={w.parcels}>
      <ul class="grid gap-4">
        {data.items.map(({ id, status, tracking_number, carrier, carrier_tracking_url, ready_at, updated_at, lines }) => (
          <li key={id} class="flex flex-wrap items-center justify-between gap-3">
            <span>
              <Link to={`/track/${tracking_number}`} class="link break-all">
                {tracking_number}
              </Link>
              <span class="block text-sm text-soft">
                {carrier} · {w.piecesOf(lines.reduce((sum, { quantity }) => sum + quantity, 0))} · <Time at={updated_at} as="ago" />
              </span>
              {carrier_tracking_url?.startsWith('https://') && (
                <a class="link text-sm" href={carrier_tracking_url} rel="noreferrer">
                  {w.atCarrier}
                </a>
              )}
            </span>
            <Badge tone={status === 'delivered' ? 'good' : status === 'failed' ? 'bad' : 'info'}>
              {w.parcelStates(parcelState({ status, carrier, ready_at }))}
            </Badge>
          </li>
        ))}
      </ul>
    </Card>
  )
}
