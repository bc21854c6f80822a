import { MongoClient, ObjectId } from 'mongodb'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { type CategoryRow, indexes, type ProductRow } from '#services/product/database'

/** Fills stores with copies of rows that the shop itself has stored. */

const categories = 50
const productBatch = 5000

/** The nth product's id. */
export const idOf = (n: number) => (0xb00000000 + n).toString(16).padStart(24, '0')

export const fillProducts = async (from: string, to: string, count: number) => {
  const [source, target] = [new MongoClient(from), new MongoClient(to)]
  try {
    const shop = source.db('shop_product')
    const template = await shop.collection<ProductRow>('products').findOne()
    const category = await shop.collection<CategoryRow>('categories').findOne()
    if (!template || !category) throw new Error('the shop has no product to copy')
    const db = target.db('shop_product')
    const categoryId = (n: number) => new ObjectId(idOf(0xf0000000 + n))
    await db.collection<CategoryRow>('categories').insertMany(
      Array.from({ length: categories }, (_, n) => {
        const name = `Category ${n}`
        return {
          ...category,
          _id: categoryId(n),
          name,
          key: name.toLowerCase(),
          slug: `category-${n}`,
          parent_id: null,
          products: count / categories,
        }
      }),
    )
    const product = (n: number): ProductRow => {
      const [sku, name, group] = [`SIZE-${n}`, `Thing ${n}`, n % categories]
      const price = 100 + ((n * 7919) % 1_000_000)
      return {
        ...template,
        ...{
          _id: new ObjectId(idOf(n)),
          sku,
          skus: [sku],
          sku_keys: [sku.toLowerCase()],
          name,
          name_key: name.toLowerCase(),
          variants: [],
          price,
          shown_price: price / 100,
        },
        ...{ category: `Category ${group}`, category_id: categoryId(group), shelf: 'in_stock', status: 'active' },
        created_at: new Date(1_700_000_000_000 + n * 1000),
      }
    }
    const rows = db.collection<ProductRow>('products')
    for (let n = 0; n < count; n += productBatch)
      await rows.insertMany(
        Array.from({ length: Math.min(productBatch, count - n) }, (_, i) => product(n + i)),
        { ordered: false, writeConcern: { w: 1, journal: false } },
      )
    for (const [name, wanted] of Object.entries(indexes)) await db.collection(name).createIndexes(wanted)
  } finally {
    await Promise.all([source.close(), target.close()])
  }
}

const orderBatch = 100_000
/** The orders of the one customer who lists them, however many orders there are. */
const own = 100

/** Starts the service, which creates its tables, and fills them with copies of one of the shop's orders. */
export const fillOrders = async <Service>(
  url: string,
  { schema, template, userId, count }: { schema: string; template: number; userId: number; count: number },
  start: () => Promise<Service>,
): Promise<Service> => {
  const connection = await createConnection(url)
  try {
    await connection.query(`create database ${schema}`)
    const service = await start()
    const columnsOf = async (table: string) => {
      const [rows] = await connection.query<RowDataPacket[]>(
        'select column_name as name from information_schema.columns where table_schema = ? and table_name = ?',
        [schema, table],
      )
      return rows.map(({ name }) => String(name))
    }
    // Some are words of the language, such as `lines`.
    const namesOf = (columns: readonly string[]) => columns.map(name => `\`${name}\``).join()
    const selected = (columns: readonly string[], changed: Record<string, string>) =>
      columns.map(name => changed[name] ?? `t.\`${name}\``).join()
    const digits = `(${Array.from({ length: 10 }, (_, d) => `select ${d} as d`).join(' union all ')})`
    const numbers = `(select a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d as n from ${['a', 'b', 'c', 'e', 'f'].map(name => `${digits} ${name}`).join()})`
    const [orders, items] = [await columnsOf('orders'), await columnsOf('order_items')]
    for (let from = 0; from < count; from += orderBatch) {
      const n = `(${from} + numbers.n)`
      const every = Math.floor(count / own)
      const changed = {
        id: `${n} + 1`,
        user_id: `if(${n} % ${every} = 0, ${userId}, 1000000 + ${n} % 10000)`,
        status: "'delivered'",
        created_at: `t.created_at - interval (${count} - ${n}) second`,
      }
      await connection.query(
        `insert into ${schema}.orders (${namesOf(orders)}) select ${selected(orders, changed)} from shop_order.orders t, ${numbers} numbers where t.id = ${template} and ${n} < ${count}`,
      )
      await connection.query(
        `insert into ${schema}.order_items (${namesOf(items)}) select ${selected(items, { order_id: `${n} + 1` })} from shop_order.order_items t, ${numbers} numbers where t.order_id = ${template} and ${n} < ${count}`,
      )
    }
    return service
  } finally {
    await connection.end()
  }
}
