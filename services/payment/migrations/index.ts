export { holds as _013_holds, numbersOfRequests as _012_numbers_of_requests } from './claims'
export { deployment as _017_deployment, keyPrefixes as _018_key_prefixes } from './deployment'
export {
  ledgerBalances as _019_ledger_balances,
  ledgerEntries as _006_ledger_entries,
  ledgerTransactions as _005_ledger_transactions,
} from './ledger'
export { mismatches as _016_mismatches } from './mismatches'
export {
  orders as _001_orders,
  paymentNumbers as _011_payment_numbers,
  payments as _002_payments,
  refunds as _003_refunds,
  returns as _004_returns,
} from './payments'
export { dueOfOrders as _015_due_of_orders, retriedRefunds as _014_retried_refunds } from './refunds'
export {
  sandboxCharges as _008_sandbox_charges,
  sandboxRefunds as _009_sandbox_refunds,
  sandboxWebhooks as _010_sandbox_webhooks,
} from './sandbox'
export { webhookEvents as _007_webhook_events } from './webhooks'
