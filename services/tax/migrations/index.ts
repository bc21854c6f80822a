export { rates as _001_rates, seed as _002_published_rates } from './rates'
export { entries as _005_entries, orders as _003_orders, refunds as _004_refunds, unsold as _006_unsold } from './report'
