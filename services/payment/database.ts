import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import type { Doing, Method, Status } from './domain'

/** Stored as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

/** Amounts are minor units everywhere. */
export interface PaymentDb {
  /** One row an order: whoever changes money of an order locks it first. */
  orders: { order_id: number; cancelled: Flag; delivered: Flag /** The first payment that was captured. */; paid_by: number | null }
  payments: {
    id: number
    order_id: number
    user_id: number
    /** The order's id while this is its one live payment; null when it failed or was voided. */
    live_order_id: number | null
    provider: string
    payment_method: Method
    amount: number
    currency: string
    status: Generated<Status>
    transaction_id: string | null
    next_action: string | null
    reason: string | null
    captured: Generated<number>
    captured_at: Date | null
    refunded: Generated<number>
    refunding: Generated<number>
    doing: Doing | null
    /** When the provider is asked what became of it. */
    ask_at: Date | null
    /** When an unfinished payment is given up. */
    expires_at: Date | null
    /** The request that made it, so that its repetition finds it again. */
    request_key: string | null
    version: Generated<number>
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  /** Where a payment's id comes from: an order is claimed in its name before there is a payment. */
  payment_numbers: { id: Generated<number>; order_id: number }
  refunds: {
    id: Generated<number>
    payment_id: number
    amount: number
    reason: string | null
    state: Generated<'pending' | 'succeeded' | 'failed'>
    /** `auto:<payment_id>`, `return:<return_id>`: what may be refunded once only. */
    cause: string | null
    reference: string | null
    request_key: string | null
    ask_at: Date | null
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  /** Goods that came back; their refund waits for the capture. The amount is the event's number, as text. */
  returns: { return_id: number; order_id: number; amount: string; settled: Flag }
  ledger_transactions: {
    id: Generated<number>
    /** `capture:<payment_id>`, `refund:<refund_id>`: booked once only. */
    reference: string
    payment_id: number
    provider: string
    provider_reference: string
    currency: string
    created_at: Generated<Date>
  }
  ledger_entries: { id: Generated<number>; transaction_id: number; account: string; debit: number; credit: number }
  webhook_events: {
    id: Generated<number>
    provider: string
    event_id: string
    body: string
    state: Generated<'waiting' | 'settled' | 'refused'>
    try_at: Date | null
    received_at: Generated<Date>
  }
  sandbox_charges: {
    id: string
    idempotency_key: string
    payment_id: number
    amount: number
    currency: string
    state: string
    reason: string | null
    /** When a slow charge turns out captured. */
    settles_at: Date | null
    captured_at: Date | null
    created_at: Generated<Date>
  }
  sandbox_refunds: {
    id: string
    idempotency_key: string
    charge_id: string
    amount: number
    created_at: Generated<Date>
  }
  sandbox_webhooks: { id: Generated<number>; body: string; due_at: Date }
}
export type Trx = Transaction<PaymentDb>
export type PaymentRow = Selectable<PaymentDb['payments']>
export type RefundRow = Selectable<PaymentDb['refunds']>
export type OrderRow = Selectable<PaymentDb['orders']>
