/**
 * Every event of the platform, one file for each service that publishes. An event names its consumers, and RabbitMQ's exchanges, queues and bindings
 * are declared from these files.
 */
export * from './catalog/admin'
export * from './catalog/inventory'
export * from './catalog/order'
export * from './catalog/payment'
export * from './catalog/product'
export * from './catalog/promotion'
export * from './catalog/shipping'
export * from './catalog/user'
