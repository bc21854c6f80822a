/**
 * Every event of the platform, one file for each publisher. An event names its consumers: the exchanges, queues and bindings of RabbitMQ
 * follow from these files.
 */
export * from './catalog/admin'
export * from './catalog/favourite'
export * from './catalog/inventory'
export * from './catalog/notification'
export * from './catalog/order'
export * from './catalog/payment'
export * from './catalog/product'
export * from './catalog/promotion'
export * from './catalog/rating'
export * from './catalog/shipping'
export * from './catalog/user'
