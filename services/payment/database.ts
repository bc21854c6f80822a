import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import { jsonColumn, type Sql } from '#shared/sql'
import type { ChargeState, PaymentMethod, PaymentStatus, ProviderAction } from './domain'
import type { RefundCause } from './domain-refunds'
import { NextAction, ProviderEvent } from './providers/provider'

/** Stored as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

/** Amounts are minor units in every table. */
export interface PaymentDb {
  /** What is known of each order. A transaction that changes an order's payments locks its row first. */
  orders: {
    order_id: number
    cancelled: Flag
    delivered: Flag
    /** The first payment that was captured. */
    paid_by: number | null
    /** What the order costs, where a payment captured more, or several captured different amounts. The event's number as text. */
    due: string | null
  }
  payments: {
    id: number
    order_id: number
    user_id: number
    /** The order's id while this is its one live payment; null when it failed or was voided. */
    live_order_id: number | null
    provider: string
    payment_method: PaymentMethod
    amount: number
    currency: string
    status: Generated<PaymentStatus>
    transaction_id: string | null
    /** JSON: see `nextActionColumn`. */
    next_action: string | null
    reason: string | null
    captured: Generated<number>
    captured_at: Date | null
    refunded: Generated<number>
    refunding: Generated<number>
    /** What the provider was asked to do, while the outcome is unknown. */
    doing: ProviderAction | null
    /** When the provider is next asked for the outcome. */
    ask_at: Date | null
    /** Since when its provider reports another amount. */
    mismatch_at: Date | null
    /** When a payment that is still unfinished is voided. */
    expires_at: Date | null
    /**
     * When the order service is next asked to hold the order for this payment; null once it does, and when there is nothing to wait
     * for.
     */
    hold_at: Date | null
    /** What the payment's keys at its provider begin with: see `readDeployment`. */
    key_prefix: Generated<string>
    /** The request that made the payment, so that a repetition finds it again. */
    request_key: string | null
    version: Generated<number>
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  /** The reserved ids of payments: a payment claims its order under its id before it is inserted. */
  payment_numbers: { id: Generated<number>; order_id: number; request_key: string | null; created_at: Generated<Date> }
  refunds: {
    id: Generated<number>
    payment_id: number
    amount: number
    reason: string | null
    state: Generated<'pending' | 'succeeded' | 'failed'>
    /** `auto:<payment_id>`, `overpaid:<payment_id>` or `return:<return_id>`: each is begun only once. */
    cause: string | null
    /** Why the money goes back. Null in rows of an earlier release: see `causeOf`. */
    refund_cause: RefundCause | null
    attempt: Generated<number>
    /** The failed refund that this one tries again. */
    retry_of: number | null
    reference: string | null
    request_key: string | null
    ask_at: Date | null
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  /** Returned goods, whose refund waits for the capture. The amount is the event's number as text. */
  returns: { return_id: number; order_id: number; amount: string; settled: Flag }
  /** One row. */
  deployment: { id: number; name: string; since: Date }
  ledger_transactions: {
    id: Generated<number>
    /** `capture:<payment_id>` or `refund:<refund_id>`: each is booked only once. */
    reference: string
    payment_id: number
    provider: string
    provider_reference: string
    currency: string
    created_at: Generated<Date>
  }
  ledger_entries: { id: Generated<number>; transaction_id: number; account: string; debit: number; credit: number }
  /** One row: the last booking that is part of the stored balances. */
  ledger_checkpoint: { id: number; transaction_id: number }
  /** Debits less credits up to the checkpoint. */
  ledger_balances: { account: string; currency: string; balance: ColumnType<number, string, never> }
  webhook_events: {
    id: Generated<number>
    provider: string
    event_id: string
    /** JSON: see `providerEventColumn`. */
    body: string
    /** A refused one is listed in drift until a person has acknowledged it (`seen`). */
    state: Generated<'waiting' | 'settled' | 'refused' | 'seen'>
    try_at: Date | null
    received_at: Generated<Date>
  }
  sandbox_charges: {
    id: string
    idempotency_key: string
    payment_id: number
    amount: number
    currency: string
    state: ChargeState
    reason: string | null
    /** When a late charge is captured. */
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
export type PaymentSql = Sql<PaymentDb>
export type Trx = Transaction<PaymentDb>
export type PaymentRow = Selectable<PaymentDb['payments']>
export type RefundRow = Selectable<PaymentDb['refunds']>
export type WebhookEventRow = Selectable<PaymentDb['webhook_events']>
export type OrderRow = Selectable<PaymentDb['orders']>

export const nextActionColumn = jsonColumn(NextAction)
export const providerEventColumn = jsonColumn(ProviderEvent)
