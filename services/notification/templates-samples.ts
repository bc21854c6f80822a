import { type Kind, kindNames, kinds } from './domain'

const order = { order_id: 1042, order_url: 'https://shop.example/orders/1042' }
const mug = { product: 'Stoneware mug & saucer', product_url: 'https://shop.example/products/mug' }
const lamp = { product: 'Đèn bàn tre', product_url: 'https://shop.example/products/lamp' }
const secret = { link: 'https://shop.example/confirm?token=sample', expires_at: '2026-12-01T10:00:00.000Z' }

const own: Record<Kind, Record<string, unknown>> = {
  welcome: {},
  verify_email: secret,
  password_reset: secret,
  email_change: {},
  password_changed: { time: '2026-11-30T08:15:00.000Z' },
  new_sign_in: { time: '2026-11-30T08:15:00.000Z' },
  order_placed: {
    ...order,
    items: [
      { product: mug.product, quantity: 2, price: '12.50' },
      { product: lamp.product, quantity: 1, price: '39.00' },
    ],
    total: '64.00',
    currency: 'USD',
    shipping_option: 'standard',
  },
  payment_pending: {
    ...order,
    amount: '64.00',
    currency: 'USD',
    reference: 'transfer_77',
    due_at: '2026-12-03T10:00:00.000Z',
    bank_account: 'Shop Ltd, IBAN XX00 0000 0000, BIC SHOPXX00',
  },
  order_paid: order,
  order_cancelled: { ...order, reason: 'payment_timeout', cancelled_by: '' },
  order_shipped: {
    ...order,
    tracking_number: 'HJ123456789KR',
    tracking_url: 'https://carrier.example/track?number=HJ123456789KR&lang=en',
    carrier: 'Hanjin',
  },
  ready_for_pickup: order,
  order_delivered: { ...order, shipping_option: 'standard' },
  order_refunded: { ...order, amount: '12.50', currency: 'USD' },
  return_approved: { ...order, return_id: 31 },
  return_rejected: { ...order, return_id: 31, reason: 'It was worn.' },
  review_request: { ...order, items: [mug, lamp] },
  price_drop: { ...mug, from: '15.00', to: '12.50', currency: 'USD' },
  back_in_stock: lamp,
  low_stock: { ...mug, sku: 'MUG-BLUE', available: 3 },
  review_waiting: { ...mug, rating_id: 7, rating: 2 },
  return_requested: { ...order, return_id: 31 },
  digest: {
    entries: [
      { kind: 'price_drop', ...mug, from: '15.00', to: '12.50', currency: 'USD' },
      { kind: 'back_in_stock', ...lamp, from: '', to: '', currency: '' },
    ],
  },
}

const common = { name: 'Nguyễn Minh Anh', shop_url: 'https://shop.example' }
const unsubscribe = { unsubscribe_url: 'https://shop.example/api/notifications/unsubscribe/sample' }

const withCommon = (kind: Kind): [Kind, Record<string, unknown>] => [
  kind,
  { ...common, ...(kinds[kind].class === 'marketing' && unsubscribe), ...own[kind] },
]

/** Values to preview a template with, and to check a changed one before it is kept. */
export const sampleValues = Object.fromEntries(kindNames.map(withCommon)) as Record<Kind, Record<string, unknown>>
