import { sender, testHttp, testMongo } from '#shared/testing'
import { productApp } from './app'
import { categoryRepository } from './categories'
import { productExport } from './export'
import { productImport } from './import'
import type { ProductView } from './model'
import { spreadRenames } from './rename'
import { productRepository } from './repository'
import { indexes } from './store'

/** The service in-process, on a database of its own. */
export const testProduct = async () => {
  const store = await testMongo({ service: 'product', indexes })
  const { mongo } = store
  const { http, as, asService, failures } = await testHttp('product')
  const categories = categoryRepository(mongo)
  const products = productRepository(mongo, categories)
  const app = productApp({
    http,
    products,
    categories,
    spreadRenames: spreadRenames(mongo),
    importProducts: productImport(mongo, categories),
    exportProducts: productExport(mongo),
  })
  const admin = await as(1, 'admin')

  const send = sender(app, { under: '/api', by: admin })

  let made = 0
  /** A new product with what the test cares about. */
  const add = async (fields: object = {}): Promise<ProductView> => {
    const { status, body } = await send('POST', '/products', {
      name: 'Laptop',
      description: 'A light laptop.',
      price: 1500,
      category: 'Electronics',
      stock: 10,
      sku: `T-${++made}`,
      ...fields,
    })
    if (status !== 201) throw new Error(`it was not made: ${JSON.stringify(body)}`)
    return body
  }

  /** What was published, oldest first. */
  const published = async () => {
    const rows = await mongo.collection<{ body: string; at: Date }>('outbox').find().sort({ at: 1 }).toArray()
    return rows.map(row => JSON.parse(row.body))
  }
  return { ...store, app, as, asService, admin, send, add, published, failures, products, categories }
}
