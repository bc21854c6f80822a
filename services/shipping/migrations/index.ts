export { defaultRates as _007_default_rates } from './default-rates'
export { readyShipments as _009_ready_shipments } from './ready-shipments'
export {
  erasedUsers as _004_erased_users,
  orders as _001_orders,
  shipmentSteps as _003_shipment_steps,
  shipments as _002_shipments,
} from './shipments'
export { rates as _006_rates, weights as _008_weights, zones as _005_zones } from './tariffs'
