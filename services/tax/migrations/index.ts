export { byClass as _008_rates_by_class, rates as _001_rates, seed as _002_published_rates } from './rates'
export {
  entries as _005_entries,
  orders as _003_orders,
  refunds as _004_refunds,
  returns as _010_returns,
  summed as _007_report_index,
  unsold as _006_unsold,
  withoutTypedRegions as _009_without_typed_regions,
} from './report'
