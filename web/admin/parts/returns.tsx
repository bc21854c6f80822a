import { call } from '../../kit/api'
import { Card } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { Return } from '../types'
import { FormButton } from './form-button'
import { goodsOf } from './goods'
import { State } from './states'
import { filled } from './values'

interface Step {
  step: string
  label: string
  hint: string
}
const steps: Record<string, Step> = {
  requested: { step: 'approve', label: 'Approve', hint: 'The customer may send the goods.' },
  approved: { step: 'receive', label: 'Goods arrived', hint: 'The goods go back to the shelf, and their price is refunded.' },
}
const take = async (id: number, step: string, headers: Record<string, string>, body?: object) => {
  await call('POST', `/api/orders/returns/${id}/${step}`, { headers, ...(body && { body }) })
  changed('/api/')
  say('Done.')
}

function Steps({ id, status }: Pick<Return, 'id' | 'status'>) {
  const next = steps[status]
  return (
    <span class="flex gap-2">
      {next && (
        <Confirm
          small
          look="plain"
          label={next.label}
          title={`${next.label}: return ${id}`}
          onConfirm={headers => take(id, next.step, headers)}
        >
          {next.hint}
        </Confirm>
      )}
      {status === 'requested' && (
        <FormButton
          small
          look="danger"
          label="Reject"
          title={`Reject: return ${id}`}
          fields={[{ name: 'reason', label: 'Reason', lines: 2, hint: 'The customer reads it' }]}
          onSave={(values, headers) => take(id, 'reject', headers, filled(values))}
        />
      )}
    </span>
  )
}

export function Returns({ orderId }: { orderId: number }) {
  const { data, problem, reload } = useQuery<{ items: Return[] }>(`/api/orders/${orderId}/returns`)
  if (data?.items.length === 0) return null
  return (
    <Card title="Returns">
      <Problem problem={problem} onRetry={reload} />
      <ul class="grid gap-4">
        {data?.items.map(({ id, status, reason, reject_reason, lines, created_at }) => (
          <li key={id} class="flex flex-wrap items-center justify-between gap-3">
            <span class="grid gap-1">
              <span class="flex flex-wrap items-center gap-3">
                <State of={status} /> {reason}
              </span>
              <span class="text-sm text-soft">
                {goodsOf(lines)} · <Time at={created_at} />
              </span>
              {reject_reason && <span class="text-sm">Rejected: {reject_reason}</span>}
            </span>
            <Steps id={id} status={status} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
