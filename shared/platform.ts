/** The platform's map: every service, where it keeps its data, and which public resources are its own. */
export const services = {
  discovery: { port: 8000, store: 'redis', resources: ['discovery'] },
  user: { port: 8001, store: 'mysql', resources: ['users'] },
  product: { port: 8002, store: 'mongo', resources: ['products', 'categories'] },
  order: { port: 8003, store: 'mysql', resources: ['orders'] },
  payment: { port: 8004, store: 'mysql', resources: ['payments'] },
  inventory: { port: 8005, store: 'mysql', resources: ['inventory'] },
  shipping: { port: 8006, store: 'mysql', resources: ['shipping'] },
  promotion: { port: 8007, store: 'mysql', resources: ['promotions'] },
  rating: { port: 8008, store: 'mongo', resources: ['ratings'] },
  search: { port: 8009, store: 'redis', resources: ['search', 'recommendations'] },
  favourite: { port: 8010, store: 'mysql', resources: ['favourites'] },
  notification: { port: 8011, store: 'mysql', resources: ['notifications'] },
  tax: { port: 8012, store: 'mysql', resources: ['tax'] },
  cart: { port: 8013, store: 'redis', resources: ['cart'] },
} as const

export type ServiceName = keyof typeof services

/** The services that this release ships. The others have their place and answer 503 until they come. */
export const released = [
  'discovery',
  'user',
  'product',
  'order',
  'payment',
  'inventory',
  'shipping',
  'promotion',
  'tax',
  'cart',
] as const satisfies readonly ServiceName[]
