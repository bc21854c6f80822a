import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { Shipment } from '../types'
import { goodsOf } from './goods'
import { State } from './states'

/** The steps that may follow, as the carrier would report them. */
const next: Partial<Record<Shipment['status'], readonly string[]>> = {
  created: ['picked_up'],
  picked_up: ['in_transit', 'delivered', 'failed'],
  in_transit: ['delivered', 'failed'],
  failed: ['delivered', 'returned'],
}

function Parcel({ shipment }: { shipment: Shipment }) {
  const { id, status, carrier, tracking_number, warehouse, lines, ready_at, updated_at } = shipment
  const record = useAction(async (step: string, { headers }) => {
    await call('POST', `/api/shipping/shipments/${id}/events`, { body: { status: step }, headers })
    changed('/api/')
    say(`Parcel ${id}: ${step.replaceAll('_', ' ')}.`)
  })
  const makeReady = async (headers: Record<string, string>) => {
    await call('POST', `/api/shipping/shipments/${id}/ready`, { headers })
    changed('/api/')
    say(`Parcel ${id}: its buyer is told.`)
  }
  return (
    <li class="grid gap-2 border-b border-line py-3 first:pt-0 last:border-0 last:pb-0">
      <p class="flex flex-wrap items-center gap-3">
        <strong>Parcel {id}</strong> <State of={status} />
        {status === 'created' && ready_at !== null && <State of="ready_to_collect" />}
        <span class="text-sm text-soft">
          {carrier} · {tracking_number} · {warehouse ?? 'main'} · <Time at={updated_at} as="ago" />
        </span>
      </p>
      <p class="text-sm">{goodsOf(lines)}</p>
      <p class="flex flex-wrap gap-2">
        {carrier === 'pickup' && status === 'created' && ready_at === null && (
          <Confirm small look="plain" label="Ready to collect" title={`Is parcel ${id} packed?`} onConfirm={makeReady}>
            Its buyer is told at once that it can be collected. This cannot be taken back.
          </Confirm>
        )}
        {next[status]?.map(step => (
          <Button key={step} small busy={record.busy} onClick={() => record.run(step)}>
            {step.replaceAll('_', ' ')}
          </Button>
        ))}
      </p>
      <Problem problem={record.problem} />
    </li>
  )
}

export function Shipments({ orderId }: { orderId: number }) {
  const { data, problem, reload } = useQuery<Page<Shipment>>(`/api/shipping/shipments?order_id=${orderId}&limit=50`, { everyMs: 5000 })
  return (
    <Card title="Parcels">
      <Problem problem={problem} onRetry={reload} />
      {data?.items.length === 0 && <p class="text-soft">No parcel yet: one is made as soon as the order is paid.</p>}
      <ul>
        {data?.items.map(shipment => (
          <Parcel key={shipment.id} shipment={shipment} />
        ))}
      </ul>
    </Card>
  )
}
