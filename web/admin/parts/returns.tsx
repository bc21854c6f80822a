import { call } from '../../kit/api'
import { Card } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { Return } from '../types'
import { State } from './states'

const steps: Record<string, readonly (readonly [string, string, string])[]> = {
  requested: [
    ['approve', 'Approve', 'The customer may send the goods.'],
    ['reject', 'Reject', 'The customer is told that the goods cannot be sent back.'],
  ],
  approved: [['receive', 'Goods arrived', 'The goods go back to the shelf, and their price is refunded.']],
}

export function Returns({ orderId }: { orderId: number }) {
  const { data, problem, reload } = useQuery<{ items: Return[] }>(`/api/orders/${orderId}/returns`)
  if (data?.items.length === 0) return null
  return (
    <Card title="Returns">
      <Problem problem={problem} onRetry={reload} />
      <ul class="grid gap-4">
        {data?.items.map(({ id, status, reason, lines, created_at }) => (
          <li key={id} class="flex flex-wrap items-center justify-between gap-3">
            <span class="grid gap-1">
              <span class="flex flex-wrap items-center gap-3">
                <State of={status} /> {reason}
              </span>
              <span class="text-sm text-soft">
                {lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')} · <Time at={created_at} />
              </span>
            </span>
            <span class="flex gap-2">
              {steps[status]?.map(([step, label, hint]) => (
                <Confirm
                  key={step}
                  small
                  look={step === 'reject' ? 'danger' : 'plain'}
                  label={label}
                  title={`${label}: return ${id}`}
                  onConfirm={async headers => {
                    await call('POST', `/api/orders/returns/${id}/${step}`, { headers })
                    changed('/api/')
                    say('Done.')
                  }}
                >
                  {hint}
                </Confirm>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
