import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { MongoClient } from 'mongodb'
import { createPool } from 'mysql2/promise'
import { type Person, theShop } from '../shop'

const { admin, expectNoDrift, must, offer, pay, paymentOf, placed, register, untilOrder, untilShipment, untilStock } = theShop

/** The stores behind the services' backs: what a lost disk, a hasty hand or a fault of ours could do to them. */
const began = new Date()
const mysql = createPool({ uri: String(Bun.env.TEST_MYSQL_URL), connectionLimit: 2 })
const mongo = new MongoClient(String(Bun.env.TEST_MONGO_URL))
const catalog = mongo.db('shop_product').collection('products')

interface Bought {
  id: number
  sku: string
}
let ann: Person
/** One order waits for its payment, with a coupon; one waits without; one is paid and packed. */
let couponed: Bought
let waiting: Bought
let packed: Bought & { payment: number; shipment: number }
let campaign: number

const bought = async (stock: number, more: object = {}): Promise<Bought & { total: number; product: string }> => {
  const product = await offer({ stock })
  const { id, total_amount } = await placed(ann, { items: [{ product_id: product.id, quantity: 2 }], ...more })
  return { id, sku: product.sku, total: total_amount, product: product.id }
}

beforeAll(async () => {
  ann = await register()
  const code = `DRIFT${crypto.randomUUID().slice(0, 6)}`.toUpperCase()
  const body = { name: 'Ten percent', code, kind: 'percentage', value: 10, total_limit: 5 }
  campaign = (await must('POST', '/api/promotions', { token: await admin(), body })).id
  const [first, second, third] = [await bought(10, { coupon_code: code }), await bought(10), await bought(10)]
  ;[couponed, waiting] = [first, second]
  expect((await pay(ann, third.id, third.total)).status).toBe(201)
  await untilOrder(ann, third.id, 'fulfilling')
  await untilStock(third.product, { quantity: 8, reserved: 0 })
  packed = { ...third, payment: (await paymentOf(ann, third.id)).id, shipment: (await untilShipment(ann, third.id)).id }
  await expectNoDrift(began)
})
afterAll(async () => {
  await Promise.all([mysql.end(), mongo.close()])
})

const drift = async () => {
  const query = `?from=${began.toISOString()}&to=${new Date().toISOString()}`
  const { drift, examples } = await must('GET', `/api/discovery/drift${query}`, { token: await admin() })
  return { drift: Object.fromEntries(Object.entries(drift).filter(([, count]) => count !== 0)), examples }
}

/** Done by one statement and undone by another; `named` is what a person reads then. */
interface Break {
  relation: string
  by: [broken: string, mended: string]
  of: () => unknown[]
  named: () => string
}
const change = (table: string, column: string, amount: string, where: string): [string, string] => [
  `update ${table} set ${column} = ${column} + ${amount} where ${where}`,
  `update ${table} set ${column} = ${column} - ${amount} where ${where}`,
]
const breaks: Break[] = [
  {
    relation: 'stock_movements',
    by: change('shop_inventory.movements', 'delta', '1', `kind = 'opening' and sku = ?`),
    of: () => [waiting.sku],
    named: () => waiting.sku,
  },
  {
    relation: 'stock_shelves',
    by: change('shop_inventory.stock', 'quantity', '1', 'sku = ?'),
    of: () => [waiting.sku],
    named: () => waiting.sku,
  },
  {
    relation: 'stock_reserved',
    by: change('shop_inventory.reservation_lines', 'quantity', '1', 'order_id = ?'),
    of: () => [waiting.id],
    named: () => waiting.sku,
  },
  {
    relation: 'order_payments',
    by: change('shop_order.orders', 'captured', '1', 'id = ?'),
    of: () => [packed.id],
    named: () => String(packed.id),
  },
  {
    relation: 'order_stock',
    by: [
      `update shop_order.orders set status = 'fulfilling' where id = ?`,
      `update shop_order.orders set status = 'awaiting_payment' where id = ?`,
    ],
    of: () => [waiting.id],
    named: () => String(waiting.id),
  },
  {
    relation: 'order_coupons',
    by: [
      `update shop_promotion.redemptions set state = 'released' where order_id = ?`,
      `update shop_promotion.redemptions set state = 'redeemed' where order_id = ?`,
    ],
    of: () => [couponed.id],
    named: () => String(couponed.id),
  },
  {
    relation: 'stuck_orders',
    by: [
      'update shop_order.orders set created_at = created_at - interval 30 day, updated_at = updated_at - interval 30 day where id = ?',
      'update shop_order.orders set created_at = created_at + interval 30 day, updated_at = updated_at + interval 30 day where id = ?',
    ],
    of: () => [packed.id],
    named: () => String(packed.id),
  },
  {
    relation: 'payment_ledger',
    by: change(
      'shop_payment.ledger_entries',
      'credit',
      '1',
      `account = 'sales' and transaction_id = (select id from shop_payment.ledger_transactions where reference = concat('capture:', ?))`,
    ),
    of: () => [packed.payment],
    named: () => `capture:${packed.payment}`,
  },
  {
    // An answer that is asked for again only tomorrow, a day after it was due.
    relation: 'payments_without_outcome',
    by: [
      'update shop_payment.payments set created_at = created_at - interval 1 day, ask_at = now(3) + interval 1 day where id = ?',
      'update shop_payment.payments set created_at = created_at + interval 1 day, ask_at = null where id = ?',
    ],
    of: () => [packed.payment],
    named: () => `payment:${packed.payment}`,
  },
  {
    relation: 'coupon_limits',
    by: change('shop_promotion.campaigns', 'used', '1', 'id = ?'),
    of: () => [campaign],
    named: () => String(campaign),
  },
  {
    relation: 'stuck_parcels',
    by: change('shop_shipping.shipments', 'waiting_since', 'interval -30 day', 'id = ?'),
    of: () => [packed.shipment],
    named: () => `shipment ${packed.shipment} of order ${packed.id}: created`,
  },
]

describe('what does not fit is named, and nothing else is', () => {
  test.each(breaks)('$relation', async ({ relation, by: [broken, mended], of, named }) => {
    await mysql.query(broken, of())
    const found = await drift().finally(() => mysql.query(mended, of()))
    expect(found).toEqual({ drift: { [relation]: 1 }, examples: { [relation]: [named()] } })
    expect(await drift()).toEqual({ drift: {}, examples: {} })
  })

  test('product_stock', async () => {
    const by = (amount: number) => catalog.updateOne({ sku: waiting.sku }, { $inc: { 'levels.0.available': amount } })
    expect((await by(1)).modifiedCount).toBe(1)
    const found = await drift().finally(() => by(-1))
    expect(found).toEqual({ drift: { product_stock: 1 }, examples: { product_stock: [waiting.sku] } })
    expect(await drift()).toEqual({ drift: {}, examples: {} })
  })

  test('every relation is broken once in here', async () => {
    const query = `?from=${began.toISOString()}&to=${new Date().toISOString()}`
    const { drift } = await must('GET', `/api/discovery/drift${query}`, { token: await admin() })
    expect([...breaks.map(({ relation }) => relation), 'product_stock'].sort()).toEqual(Object.keys(drift).sort())
  })
})
