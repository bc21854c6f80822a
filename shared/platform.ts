interface Service {
  port: number
  store: 'mysql' | 'mongo' | 'redis'
  /** Its public resources: the paths below `/api/`. */
  resources: readonly string[]
  /** Its public paths elsewhere. */
  paths?: readonly string[]
  /** What it is for, as the README's table says it. */
  owns: string
  /** Settings that this service reads beside those of every service. */
  settings?: readonly string[]
  /** The same for secrets that are made at the first start. */
  secrets?: readonly string[]
  /** What its containers may use, in MiB, if it is more than those of the others. */
  memoryMib?: number
}

/**
 * The platform's map. `bun run generate` writes from it what follows from a service: compose files, manifests, upstreams, the README's
 * table.
 */
export const services = {
  discovery: { port: 8000, store: 'redis', resources: ['discovery'], owns: 'who is alive, health, dead letters, drift' },
  user: {
    port: 8001,
    store: 'mysql',
    resources: ['users'],
    paths: ['/auth'],
    owns: 'accounts, sessions, TOTP, roles, signing keys, audit',
    secrets: ['DATA_KEYS', 'ADMIN_EMAIL', 'ADMIN_PASSWORD'],
  },
  product: {
    port: 8002,
    store: 'mongo',
    resources: ['products', 'categories'],
    owns: 'products, variants, categories, import and export',
    settings: ['SEED_DEMO'],
  },
  order: {
    port: 8003,
    store: 'mysql',
    resources: ['orders'],
    owns: 'orders, their states and timeline, returns, statistics',
    settings: ['ORDER_PAYMENT_TIMEOUT_MS', 'CLAIM_MS'],
  },
  payment: {
    port: 8004,
    store: 'mysql',
    resources: ['payments'],
    owns: 'payments, refunds, webhooks, the ledger',
    settings: [
      ...['BANK_ACCOUNT', 'BANK_TRANSFER_DUE_MS', 'PAYMENT_PROVIDER', 'SANDBOX_LATE_MS', 'SANDBOX_WEBHOOK_SECRET'],
      ...['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_URL'],
      ...['PAYPAL_CLIENT_ID', 'PAYPAL_SECRET', 'PAYPAL_WEBHOOK_ID', 'PAYPAL_URL'],
    ],
    secrets: ['BANK_WEBHOOK_SECRET'],
  },
  inventory: { port: 8005, store: 'mysql', resources: ['inventory'], owns: 'stock by SKU and warehouse, reservations, movements' },
  shipping: {
    port: 8006,
    store: 'mysql',
    resources: ['shipping'],
    owns: 'rates, shipments, live tracking',
    settings: [
      ...['SHIPMENT_STUCK_AFTER_MS', 'CARRIER', 'CARRIER_POLL_MS', 'SANDBOX_CARRIER_STEP_MS', 'SHIP_FROM'],
      ...[
        'DHL_SHIPPING_URL',
        'DHL_SHIPPING_KEY',
        'DHL_USER',
        'DHL_PASSWORD',
        'DHL_CUSTOMER_NUMBER',
        'DHL_TRACKING_URL',
        'DHL_TRACKING_KEY',
      ],
      ...[
        'FEDEX_URL',
        'FEDEX_CLIENT_ID',
        'FEDEX_CLIENT_SECRET',
        'FEDEX_ACCOUNT_NUMBER',
        'HANJIN_URL',
        'HANJIN_KEY',
        'HANJIN_CUSTOMER_CODE',
      ],
    ],
  },
  promotion: {
    port: 8007,
    store: 'mysql',
    resources: ['promotions'],
    owns: 'campaigns, coupons, redemptions',
    settings: ['SEED_DEMO', 'WRONG_CODES_LIMIT'],
  },
  rating: { port: 8008, store: 'mongo', resources: ['ratings'], owns: 'reviews, summaries, moderation' },
  search: {
    port: 8009,
    store: 'redis',
    resources: ['search', 'recommendations'],
    owns: 'full text, suggestions, facets, recommendations',
    // For moments: with 100,000 products, an instance that makes its index anew came to 460 MiB; otherwise to 140.
    memoryMib: 640,
  },
  favourite: {
    port: 8010,
    store: 'mysql',
    resources: ['favourites'],
    owns: 'favourites, shared lists, watches for price and stock',
    settings: ['FAVOURITES_LIMIT', 'BACK_IN_STOCK_PAUSE_MS'],
  },
  notification: {
    port: 8011,
    store: 'mysql',
    resources: ['notifications'],
    owns: 'in-app, e-mail, SMS, push, preferences',
    settings: [
      ...['GATEWAY_PORT', 'SHOP_URL', 'API_URL', 'REVIEW_REQUEST_AFTER_MS', 'NOTIFICATION_WEBHOOK_SECRET', 'SANDBOX_SHOWS_SECRETS'],
      ...['NOTIFICATION_EMAIL', 'NOTIFICATION_SMS', 'NOTIFICATION_PUSH', 'MAIL_FROM', 'SMTP_URL'],
      ...['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_KEY', 'SENDGRID_KEY', 'SENDGRID_WEBHOOK_KEY', 'SENDGRID_URL'],
      ...['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM', 'TWILIO_URL', 'FCM_SERVICE_ACCOUNT'],
    ],
  },
  tax: { port: 8012, store: 'mysql', resources: ['tax'], owns: 'rates by place and day, quotes, the report' },
  cart: { port: 8013, store: 'redis', resources: ['cart'], owns: 'guest and user carts, merge, share', secrets: ['CART_REDIS_URL'] },
} as const satisfies Record<string, Service>

export type ServiceName = keyof typeof services
export const isServiceName = (name: unknown): name is ServiceName => typeof name === 'string' && Object.hasOwn(services, name)
export const serviceNames = Object.keys(services).filter(isServiceName)

/** A service of the map, with its optional fields. */
export const serviceInfo = (name: ServiceName): Service => services[name]

/** The services that this release ships. The gateway answers 503 for the others. */
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
  'favourite',
  'rating',
  'search',
  'notification',
] as const satisfies readonly ServiceName[]
