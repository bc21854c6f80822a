import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { call, type Page } from '../../kit/api'
import { Button } from '../../kit/button'
import { Card } from '../../kit/card'
import { Dialog } from '../../kit/dialog'
import { Select } from '../../kit/field'
import { Form } from '../../kit/form'
import { money, Time } from '../../kit/format'
import { Notice, Problem } from '../../kit/notice'
import { changed, useQuery } from '../../kit/query'
import type { Order, Payment } from '../types'
import { words } from '../words'

/** The cards of the sandbox. A real provider's page would give the token of a real one. */
const cards = ['tok_success', 'tok_3ds', 'tok_decline', 'tok_insufficient_funds', 'tok_late_webhook'] as const

interface Chosen {
  payment_method: Payment['payment_method']
  payment_token?: string
}
const choices: readonly Chosen[] = [
  ...cards.map(payment_token => ({ payment_method: 'credit_card', payment_token }) as const),
  { payment_method: 'wallet' },
  { payment_method: 'bank_transfer' },
  { payment_method: 'cash_on_delivery' },
]
const nameOf = ({ payment_method, payment_token }: Chosen) => payment_token ?? payment_method

const reread = () => {
  for (const path of ['/api/payments', '/api/orders']) changed(path)
}

/** The page of the customer's bank, as the sandbox plays it. */
function Bank({ payment }: { payment: Payment }) {
  const w = words.value
  const answer = useAction(async (outcome: 'success' | 'failure') => {
    await call('POST', `/api/payments/sandbox/${payment.transaction_id}/confirm`, { body: { outcome } })
    reread()
  })
  return (
    <Dialog title={w.bankTitle} onClose={() => void answer.run('failure')} busy={answer.busy}>
      <p>{w.bankHint(money(payment.amount, payment.currency))}</p>
      <Problem problem={answer.problem} />
      <div class="flex flex-wrap justify-end gap-2">
        <Button busy={answer.busy} onClick={() => answer.run('failure')}>
          {w.bankNo}
        </Button>
        <Button look="main" busy={answer.busy} onClick={() => answer.run('success')}>
          {w.bankYes}
        </Button>
      </div>
    </Dialog>
  )
}

/** Where a payment stands that is neither done nor refused. */
function UnderWay({ payment }: { payment: Payment }) {
  const w = words.value
  const { id, next_action: next, payment_method } = payment
  const giveUp = useAction(async () => {
    await call('POST', `/api/payments/${id}/cancel`)
    reread()
  })
  if (payment_method === 'bank_transfer')
    return (
      <Notice tone="info" title={w.transferTitle}>
        <p>{w.transferHint(money(payment.amount, payment.currency))}</p>
        {next?.reference && <p class="select-all font-mono font-semibold">{next.reference}</p>}
        {next?.bank_account && (
          <>
            <p>{w.transferAccount}</p>
            <p class="select-all break-words font-semibold">{next.bank_account}</p>
          </>
        )}
        {next?.due_at && (
          <p>
            {w.until} <Time at={next.due_at} />
          </p>
        )}
        <Problem problem={giveUp.problem} />
        <Button small class="justify-self-start" busy={giveUp.busy} onClick={() => giveUp.run()}>
          {w.payOtherwise}
        </Button>
      </Notice>
    )
  if (payment_method === 'cash_on_delivery') return <Notice tone="info">{w.cashHint}</Notice>
  return (
    <>
      <Notice tone="info">{w.paymentUnderWay}</Notice>
      {payment.status === 'requires_action' && <Bank payment={payment} />}
    </>
  )
}

/** Pays an order, on one page from the choice of a card to the outcome, so that a reload or a way back finds what is under way. */
export function Pay({ order }: { order: Order }) {
  const w = words.value
  const [choice, setChoice] = useState(nameOf(choices[0] ?? { payment_method: 'wallet' }))
  const isPaid = order.payment_status === 'paid'
  const payments = useQuery<Page<Payment>>(isPaid ? undefined : `/api/payments?order_id=${order.id}&limit=1`, { everyMs: 2000 })
  const data = payments.data?.items[0]
  const pay = useAction(async (chosen: Chosen, { headers }) => {
    await call<Payment>('POST', '/api/payments', {
      body: { order_id: order.id, amount: order.total_amount, currency: order.currency, ...chosen },
      headers,
    })
    reread()
  })
  if (isPaid || ['completed', 'partially_refunded', 'refunded'].includes(data?.status ?? '')) return null
  const isOpen = data && ['pending', 'requires_action', 'authorized'].includes(data.status)
  const canPay = order.status === 'awaiting_payment' || order.status === 'pending'
  if (!isOpen && !canPay) return null
  return (
    <Card title={w.payment}>
      <div class="grid gap-4">
        {isOpen ? (
          <UnderWay payment={data} />
        ) : (
          <Form
            onSubmit={() => {
              const chosen = choices.find(one => nameOf(one) === choice)
              if (chosen) void pay.run(chosen)
            }}
          >
            {data?.status === 'failed' && <Notice tone="bad">{w.declined(data.reason ?? '')}</Notice>}
            <Select
              name="payment"
              label={w.payWith}
              value={choice}
              onChange={setChoice}
              options={choices.map(one => ({ value: nameOf(one), label: w.cards(nameOf(one)) }))}
              hint={w.sandbox}
            />
            <p class="text-sm text-soft">
              {w.payUntil} <Time at={order.payment_due_at} as="clock" />
            </p>
            <Problem problem={pay.problem} />
            <Button type="submit" look="main" busy={pay.busy}>
              {w.pay(money(order.total_amount, order.currency))}
            </Button>
          </Form>
        )}
      </div>
    </Card>
  )
}
