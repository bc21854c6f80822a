import { type ClientSession, ObjectId } from 'mongodb'
import { isDuplicate, type Mongo } from '#shared/mongo'
import { addProductsToCategory } from './categories'
import { type CategoryRow, categoriesOf, havingSkus, marksOf, type ProductRow, productsOf, rowOf } from './database'
import { type DemoCategory, demoCatalog, demoCategories } from './demo-catalog'
import { categoryKey, changeProduct, newProduct, type ProductInput, skuKey, slugOf } from './domain'
import { createdEvent, moveCategory, updatedEvent } from './repository'

/** Raised when the catalog grows: a shop with an earlier one gets what is missing, once. */
const edition = 2

const skusOf = ({ sku, variants = [] }: ProductInput) => [sku, ...variants.map(variant => variant.sku)]
const ids = (named: readonly { id: string }[]) => named.map(({ id }) => new ObjectId(id))

/** Finds a category of the demo catalog, under whatever name an administrator has given it, or makes it and those above it. */
const demoCategoriesIn = async (mongo: Mongo, session: ClientSession) => {
  const categories = categoriesOf(mongo)
  const wanted: Record<string, DemoCategory> = demoCategories
  const names = Object.keys(wanted)
  const either = [
    { _id: { $in: ids(Object.values(wanted)) } },
    { key: { $in: names.map(categoryKey) } },
    { slug: { $in: names.map(slugOf) } },
  ]
  const rows = await categories.find({ $or: either }, { session }).toArray()

  const place = async (name: string): Promise<CategoryRow> => {
    const { id, tax_class, parent } = wanted[name] ?? { id: new ObjectId().toHexString() }
    const known = rows.find(({ _id }) => _id.toHexString() === id) ?? rows.find(({ key }) => key === categoryKey(name))
    if (known) return known
    const parent_id = parent ? (await place(parent))._id : null
    const slug = rows.some(row => row.slug === slugOf(name)) ? `${slugOf(name)}-${id.slice(-6)}` : slugOf(name)
    const row = { _id: new ObjectId(id), name, key: categoryKey(name), slug, parent_id, products: 0, ...(tax_class && { tax_class }) }
    await categories.insertOne(row, { session })
    rows.push(row)
    return row
  }
  return { place, names }
}

/**
 * Stores the demo catalog whole in a shop without one, and the products that were added since in a shop with an earlier edition: once, even if
 * several instances start together. What an administrator has changed, archived or named otherwise stays so.
 */
export const seedDemoCatalog = (mongo: Mongo) => async (): Promise<boolean> => {
  const marks = marksOf(mongo)
  const products = productsOf(mongo)
  const stored = (await marks.findOne({ _id: 'demo-catalog' }))?.changes ?? 0
  if (stored >= edition) return false

  const missing = async (session: ClientSession) => {
    if (stored === 0) return demoCatalog
    const either = { $or: [{ _id: { $in: ids(demoCatalog) } }, havingSkus(demoCatalog.flatMap(skusOf))] }
    const rows = await products.find(either, { session, projection: { skus: 1 } }).toArray()
    const taken = new Set(rows.flatMap(row => [row._id.toHexString(), ...row.skus.map(skuKey)]))
    return demoCatalog.filter(one => ![one.id, ...skusOf(one).map(skuKey)].some(key => taken.has(key)))
  }

  try {
    return await mongo.transaction(async (session, publish) => {
      if (stored === 0) await marks.insertOne({ _id: 'demo-catalog', changes: edition }, { session })
      else {
        const { matchedCount } = await marks.updateOne(
          { _id: 'demo-catalog', changes: stored },
          { $set: { changes: edition } },
          { session },
        )
        if (matchedCount === 0) return false
      }
      const now = new Date()
      const { place, names } = await demoCategoriesIn(mongo, session)
      if (stored === 0) for (const name of names) await place(name)

      // Version 1 is as the earlier edition stored it: nobody has changed it, nor renamed its category.
      const untouched = await products.find({ _id: { $in: ids(demoCatalog) }, version: 1, status: 'active' }, { session }).toArray()
      for (const row of untouched) {
        const demo = demoCatalog.find(({ id }) => id === row._id.toHexString())
        if (!demo) continue
        const { attributes = {}, tags = [], images = [] } = demo
        const next = changeProduct(row, { category: (await place(demo.category)).name, attributes, tags, images }, now)
        if (next === row) continue
        const changed = rowOf(row._id, next, await moveCategory(mongo, session, row, next), row)
        await products.replaceOne({ _id: row._id }, changed, { session })
        publish(updatedEvent(changed))
      }

      const rows: ProductRow[] = []
      for (const [name, added] of Map.groupBy(await missing(session), ({ category }) => category)) {
        const category = await addProductsToCategory(mongo, session, (await place(name)).name, added.length)
        rows.push(...added.map(({ id, ...input }) => rowOf(new ObjectId(id), newProduct(input, now), category)))
      }
      if (rows.length > 0) await products.insertMany(rows, { session })
      publish(...rows.map(createdEvent))
      return true
    })
  } catch (error) {
    // Another instance was first, or the shop already has products with these SKUs and needs no demo catalog.
    if (isDuplicate(error)) return false
    throw error
  }
}
