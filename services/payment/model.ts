import { Drift } from '#shared/drift'
import { Amount, Currency, toMajor } from '#shared/money'
import { PageQuery } from '#shared/page'
import { closed, Id, integerText, named, oneOf, periodFields, type Static, Time, t, text } from '#shared/schema'
import { nextActionColumn, type PaymentRow, providerEventColumn, type RefundRow, type WebhookEventRow } from './database'
import { paymentMethods, paymentStatuses } from './domain'
import { causeOf, refundCauses } from './domain-refunds'

const Method = named('PaymentMethod', oneOf(paymentMethods, ['credit_card']))
const Status = named('PaymentStatus', oneOf(paymentStatuses))

export const NewPayment = named(
  'NewPayment',
  closed(
    {
      order_id: Id,
      amount: Amount,
      currency: t.Optional(Currency),
      payment_method: Method,
      payment_token: t.Optional(t.String({ minLength: 1, maxLength: 255, pattern: '\\S', examples: ['tok_success'] })),
    },
    { examples: [{ order_id: 1, amount: 3000, payment_method: 'credit_card' }] },
  ),
)
export const NewRefund = named(
  'NewRefund',
  closed(
    {
      amount: t.Optional(t.Number({ exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER, examples: [19.99] })),
      reason: t.Optional(text(200, 'damaged on the way')),
    },
    { examples: [{ amount: 19.99, reason: 'damaged on the way' }] },
  ),
)
export const OrderParam = closed({ order_id: integerText({ minimum: 1, examples: [1] }) })
export const ProviderParam = closed({ provider: t.String({ pattern: '^[a-z]{1,16}$', examples: ['sandbox'] }) })
export const TransactionParam = closed({
  transaction_id: t.String({ minLength: 1, maxLength: 100, examples: ['sbx_4b825dc642cb6eb9a060e54bf8d69288'] }),
})
export const Confirmation = named(
  'SandboxConfirmation',
  closed(
    { outcome: t.Union([t.Literal('success'), t.Literal('failure')], { examples: ['success'] }) },
    { examples: [{ outcome: 'success' }] },
  ),
)
export const PaymentQuery = closed({
  ...PageQuery.properties,
  status: t.Optional(Status),
  order_id: t.Optional(integerText({ minimum: 1 })),
})
export const ReconciliationQuery = closed({
  provider: t.Optional(ProviderParam.properties.provider),
  from: t.Optional(periodFields.from),
  to: t.Optional(periodFields.to),
})

const NextActionView = named(
  'NextAction',
  t.Object({
    type: oneOf(['redirect', 'provider_sdk', 'bank_transfer']),
    url: t.Optional(t.String({ examples: ['https://bank.example/3ds/0f0e4a1c'] })),
    client_secret: t.Optional(t.String()),
    reference: t.Optional(t.String()),
    due_at: t.Optional(Time),
    bank_account: t.Optional(t.String({ description: 'Where a transfer goes', examples: ['Shop Ltd, IBAN XX00 0000 0000, BIC SHOPXX00'] })),
  }),
)
const Money = t.Number({ description: 'In major units', examples: [2700] })
export const PaymentView = named(
  'Payment',
  t.Object({
    id: t.Integer(),
    order_id: t.Integer(),
    user_id: t.Integer(),
    amount: Money,
    currency: Currency,
    status: Status,
    payment_method: Method,
    transaction_id: t.Union([t.String({ examples: ['sandbox_0f0e4a1c6f0b4c57'] }), t.Null()]),
    provider: t.String({ examples: ['sandbox'] }),
    next_action: t.Optional(NextActionView),
    reason: t.Optional(t.String({ description: 'Why it failed, for example `card_declined`' })),
    captured_amount: Money,
    refunded_amount: t.Number({ examples: [0] }),
    created_at: Time,
    updated_at: Time,
  }),
)
export type PaymentView = Static<typeof PaymentView>
export const StatusView = named(
  'PaymentProgress',
  t.Object({
    id: t.Integer(),
    order_id: t.Integer(),
    status: Status,
    reason: t.Optional(t.String()),
    updated_at: Time,
  }),
)
export const OrderPaymentView = named(
  'OrderPayment',
  t.Object({
    ...PaymentView.properties,
    attempts: t.Array(PaymentView, { description: 'Every payment that was tried for the order, newest first' }),
  }),
)
export const RefundView = named(
  'Refund',
  t.Object({
    id: t.Integer(),
    payment_id: t.Integer(),
    amount: t.Number({ description: 'In major units', examples: [300] }),
    currency: Currency,
    status: t.Union([t.Literal('pending'), t.Literal('succeeded'), t.Literal('failed')]),
    cause: oneOf(refundCauses),
    reason: t.Optional(t.String({ examples: ['damaged on the way'] })),
    attempt: t.Integer(),
    retry_of: t.Optional(t.Integer({ description: 'The failed refund that this one tries again' })),
    created_at: Time,
  }),
)
export type RefundView = Static<typeof RefundView>
export const WebhookEventView = named(
  'RefusedWebhook',
  t.Object({
    id: t.Integer(),
    provider: t.String({ examples: ['sandbox'] }),
    event_id: t.String({ examples: ['evt_0f0e4a1c'] }),
    payment_id: t.Optional(t.Integer()),
    transaction_id: t.Optional(t.String({ description: 'Absent, as the amount is, when the event cannot be read' })),
    amount: t.Optional(t.Number({ description: 'What the provider reports' })),
    currency: t.Optional(t.String()),
    received_at: Time,
  }),
)
const reported = (body: string) => {
  try {
    const { paymentId, charge } = providerEventColumn.read(body)
    const { transactionId: transaction_id, amount, currency } = charge
    return { ...(paymentId !== undefined && { payment_id: paymentId }), transaction_id, amount: toMajor(amount, currency), currency }
  } catch {
    return {}
  }
}
export const webhookEventView = ({ id, provider, event_id, body, received_at }: WebhookEventRow): Static<typeof WebhookEventView> => ({
  id,
  provider,
  event_id,
  ...reported(body),
  received_at: received_at.toISOString(),
})
export const ConfirmationAnswer = named('SandboxConfirmationReceipt', t.Object({ received: t.Boolean() }))
export const WebhookAnswer = named('WebhookReceipt', t.Object({ received: t.Boolean(), settled: t.Boolean() }))
const Sums = named('ReconciliationSums', t.Object({ captured: Money, refunded: t.Number({ examples: [300] }) }))
export const ReconciliationView = named(
  'Reconciliation',
  t.Object({
    provider: t.String({ examples: ['sandbox'] }),
    from: Time,
    to: Time,
    matched: t.Integer(),
    totals: t.Array(named('ReconciliationTotal', t.Object({ currency: Currency, ledger: Sums, provider: Sums }))),
    differences: t.Array(
      named(
        'ReconciliationDifference',
        t.Object({
          kind: oneOf(['missing_in_ledger', 'missing_at_provider', 'amount_differs']),
          movement: oneOf(['capture', 'refund']),
          reference: t.String({ examples: ['sandbox_0f0e4a1c6f0b4c57'] }),
          currency: Currency,
          ledger: t.Union([Money, t.Null()]),
          provider: t.Union([Money, t.Null()]),
        }),
      ),
    ),
    balances: t.Array(named('LedgerBalance', t.Object({ account: t.String({ examples: ['sales'] }), currency: Currency, balance: Money }))),
  }),
)
export const ByOrderView = t.Record(t.String(), Sums)
export const DriftView = t.Object({ payments: ByOrderView, ledger: Drift, outstanding: Drift })

export const paymentView = (row: PaymentRow): PaymentView => ({
  id: row.id,
  order_id: row.order_id,
  user_id: row.user_id,
  amount: toMajor(row.amount, row.currency),
  currency: row.currency,
  status: row.status,
  payment_method: row.payment_method,
  transaction_id: row.transaction_id,
  provider: row.provider,
  ...(row.next_action && { next_action: nextActionColumn.read(row.next_action) }),
  ...(row.reason && { reason: row.reason }),
  captured_amount: toMajor(row.captured, row.currency),
  refunded_amount: toMajor(row.refunded, row.currency),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

export const statusView = ({ id, order_id, status, reason, updated_at }: PaymentRow): Static<typeof StatusView> => ({
  id,
  order_id,
  status,
  ...(reason && { reason }),
  updated_at: updated_at.toISOString(),
})

export const refundView = (row: RefundRow, currency: string): RefundView => ({
  id: row.id,
  payment_id: row.payment_id,
  amount: toMajor(row.amount, currency),
  currency,
  status: row.state,
  cause: causeOf(row),
  attempt: row.attempt,
  ...(row.retry_of !== null && { retry_of: row.retry_of }),
  ...(row.reason && { reason: row.reason }),
  created_at: row.created_at.toISOString(),
})
