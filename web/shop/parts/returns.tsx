import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call } from '../../kit/api'
import { Button } from '../../kit/button'
import { Badge, Card } from '../../kit/card'
import { Dialog } from '../../kit/dialog'
import { Select, TextField } from '../../kit/field'
import { Form } from '../../kit/form'
import { Money, Time } from '../../kit/format'
import { faultOf, Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { Order, Return } from '../types'
import { words } from '../words'

function Ask({ order, onClose }: { order: Order; onClose: () => void }) {
  const w = words.value
  const [counts, setCounts] = useState<Record<string, string>>({})
  const [reason, setReason] = useState('')
  const lines = order.items.flatMap(({ product_id, sku }) => {
    const quantity = Number(counts[sku] ?? 0)
    return quantity > 0 ? [{ product_id, sku, quantity }] : []
  })
  const ask = useAction(async (body: object, { headers }) => {
    await call('POST', `/api/orders/${order.id}/returns`, { body, headers })
    changed('/api/orders')
    say(w.returnAsked)
    onClose()
  })
  return (
    <Dialog title={w.returnTitle} onClose={onClose} busy={ask.busy}>
      <Form
        onSubmit={() => {
          if (lines.length > 0) void ask.run({ lines, reason: reason.trim() })
        }}
      >
        {order.items.map(({ id, name, sku, quantity }) => (
          <Select
            key={id}
            name={`return ${sku}`}
            label={name}
            value={counts[sku] ?? '0'}
            onChange={value => setCounts({ ...counts, [sku]: value })}
            options={Array.from({ length: quantity + 1 }, (_, n) => ({ value: `${n}`, label: w.piecesOf(n) }))}
          />
        ))}
        <TextField
          name="reason"
          label={w.reason}
          value={reason}
          onInput={setReason}
          lines={3}
          maxLength={500}
          required
          error={faultOf(ask.problem, 'reason')}
        />
        <Problem problem={ask.problem} />
        <Button type="submit" look="main" busy={ask.busy} disabled={lines.length === 0}>
          {w.sendBack}
        </Button>
      </Form>
    </Dialog>
  )
}

export function Returns({ order }: { order: Order }) {
  const w = words.value
  const [asking, setAsking] = useState(false)
  const { data, problem, reload } = useQuery<{ items: Return[] }>(`/api/orders/${order.id}/returns`)
  return (
    <Card title={w.returns} actions={<Button onClick={() => setAsking(true)}>{w.sendBack}</Button>}>
      <Problem problem={problem} onRetry={reload} />
      {data?.items.length === 0 && <p class="text-soft">{w.noReturns}</p>}
      <ul class="grid gap-3">
        {data?.items.map(({ id, status, reason, reject_reason, refund_amount, currency, created_at }) => (
          <li key={id} class="flex flex-wrap items-center justify-between gap-3">
            <span>
              {reason}
              <span class="block text-sm text-soft">
                <Time at={created_at} as="day" />
                {refund_amount !== undefined && (
                  <>
                    {' · '}
                    <Money amount={refund_amount} currency={currency} />
                  </>
                )}
              </span>
              {reject_reason && (
                <span class="block">
                  <strong>{w.fromShop}</strong> {reject_reason}
                </span>
              )}
            </span>
            <Badge tone={status === 'received' ? 'good' : status === 'rejected' ? 'bad' : 'info'}>{w.returnStates(status)}</Badge>
          </li>
        ))}
      </ul>
      {asking && <Ask order={order} onClose={() => setAsking(false)} />}
    </Card>
  )
}
