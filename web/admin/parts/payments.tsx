import { call, type Page } from '../../kit/api'
import { Card } from '../../kit/card'
import { Confirm } from '../../kit/dialog'
import { Money, money, Time } from '../../kit/format'
import { Problem, say } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { Payment, Refund } from '../types'
import { FormButton } from './form-button'
import { State } from './states'
import { filled } from './values'

function Refunds({ payment }: { payment: Payment }) {
  const { data } = useQuery<{ items: Refund[] }>(`/api/payments/${payment.id}/refunds`)
  return (
    <ul class="grid gap-1 pl-4 text-sm">
      {data?.items.map(({ id, amount, currency, status, cause, reason, created_at }) => (
        <li key={id} class="flex flex-wrap items-center gap-3">
          <Money amount={amount} currency={currency} /> <State of={status} /> {reason ?? cause.replaceAll('_', ' ')}
          <span class="text-soft">
            <Time at={created_at} />
          </span>
          {status === 'failed' && (
            <Confirm
              small
              look="plain"
              label="Try again"
              title="Refund again?"
              onConfirm={async headers => {
                await call('POST', `/api/payments/${payment.id}/refunds/${id}/retry`, { headers })
                changed('/api/payments')
              }}
            >
              The provider is asked again for the same amount.
            </Confirm>
          )}
        </li>
      ))}
    </ul>
  )
}

function Acts({ payment }: { payment: Payment }) {
  const { id, status, captured_amount, refunded_amount, currency } = payment
  const act = (what: string, told: string) => async (headers: Record<string, string>) => {
    await call('POST', `/api/payments/${id}/${what}`, { headers })
    changed('/api/')
    say(told)
  }
  const left = captured_amount - refunded_amount
  return (
    <span class="flex flex-wrap gap-2">
      {status === 'authorized' && (
        <Confirm small look="plain" label="Capture" title="Capture the payment?" onConfirm={act('capture', 'Captured.')}>
          The money is taken now.
        </Confirm>
      )}
      {['authorized', 'pending', 'requires_action'].includes(status) && (
        <Confirm small label="Void" title="Void the payment?" onConfirm={act('void', 'Voided.')}>
          Nothing is charged, and the order can be paid in another way.
        </Confirm>
      )}
      {left > 0 && (
        <FormButton
          small
          label="Refund"
          title={`Refund up to ${money(left, currency)}`}
          fields={[
            { name: 'amount', label: 'Amount', type: 'number', hint: 'Empty is everything that is left' },
            { name: 'reason', label: 'Reason', lines: 2 },
          ]}
          onSave={async (values, headers) => {
            await call('POST', `/api/payments/${id}/refunds`, { body: filled(values, ['amount']), headers })
            changed('/api/')
            say('The refund is on its way.')
          }}
        />
      )}
    </span>
  )
}

export function Payments({ orderId }: { orderId: number }) {
  const { data, problem, reload } = useQuery<Page<Payment>>(`/api/payments?order_id=${orderId}&limit=50`, { everyMs: 5000 })
  return (
    <Card title="Payments">
      <Problem problem={problem} onRetry={reload} />
      {data?.items.length === 0 && <p class="text-soft">Nothing was paid yet.</p>}
      <ul class="grid gap-4">
        {data?.items.map(payment => (
          <li key={payment.id} class="grid gap-2">
            <p class="flex flex-wrap items-center justify-between gap-3">
              <span class="flex flex-wrap items-center gap-3">
                <strong>
                  <Money amount={payment.amount} currency={payment.currency} />
                </strong>
                <State of={payment.status} />
                <span class="text-sm text-soft">
                  {[payment.payment_method.replaceAll('_', ' '), payment.provider, payment.reason].filter(Boolean).join(' · ')}
                </span>
              </span>
              <Acts payment={payment} />
            </p>
            {payment.refunded_amount > 0 && <Refunds payment={payment} />}
          </li>
        ))}
      </ul>
    </Card>
  )
}
