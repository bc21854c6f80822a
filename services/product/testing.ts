import { sender, testHttp, testMongo } from '#shared/testing'
import { productApp } from './app'
import { compose } from './compose'
import { indexes } from './database'
import { productHandlers } from './events'
import type { ProductView } from './model'

interface Variant {
  sku: string
  stock?: number
  [field: string]: unknown
}

/** The service in-process, on a database of its own. */
export const testProduct = async () => {
  const store = await testMongo({ service: 'product', indexes })
  const { mongo } = store
  const { http, as, asService, failures } = await testHttp('product')
  const product = compose({ mongo, groupIntervalMs: 0 })
  const app = productApp({ http, ...product })
  const admin = await as(1, 'admin')

  const send = sender(app, { under: '/api', by: admin })

  let made = 0
  /** Creates a product; `fields` are those that matter to the test. */
  const add = async ({ variants = [], ...fields }: { variants?: Variant[]; [field: string]: unknown } = {}): Promise<ProductView> => {
    const { status, body } = await send('POST', '/products', {
      name: 'Laptop',
      description: 'A light laptop.',
      price: 1500,
      category: 'Electronics',
      stock: variants.length === 0 ? 10 : variants.reduce((sum, { stock = 0 }) => sum + stock, 0),
      sku: `T-${++made}`,
      ...(variants.length > 0 && { variants }),
      ...fields,
    })
    if (status !== 201) throw new Error(`the product was not created: ${JSON.stringify(body)}`)
    return body
  }

  /** The published messages, oldest first. */
  const published = async () => {
    const rows = await mongo.collection<{ body: string; at: Date }>('outbox').find().sort({ at: 1 }).toArray()
    return rows.map(row => JSON.parse(row.body))
  }
  return {
    ...store,
    app,
    handlers: productHandlers(product),
    products: product.products,
    learn: product.learn,
    upgradeCatalog: product.upgradeCatalog,
    as,
    asService,
    admin,
    send,
    add,
    published,
    failures,
  }
}
