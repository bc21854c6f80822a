import { ObjectId } from 'mongodb'
import { isDuplicate, type Mongo } from '#shared/mongo'
import { enterCategory } from './categories'
import { demoCatalog } from './demo-catalog'
import { opened } from './domain'
import { createdEvent } from './repository'
import { marksOf, productsOf, rowOf } from './store'

/** The demo catalog, whole and once: whoever starts at the same time, and whatever becomes of its products later. */
export const seedDemo = async (mongo: Mongo): Promise<boolean> => {
  const marks = marksOf(mongo)
  if (await marks.findOne({ _id: 'demo-catalog' })) return false
  try {
    return await mongo.transaction(async (session, publish) => {
      await marks.insertOne({ _id: 'demo-catalog', changes: 1 }, { session })
      const now = new Date()
      const homes = new Map<string, Awaited<ReturnType<typeof enterCategory>>>()
      for (const [name, entering] of Map.groupBy(demoCatalog, ({ category }) => category))
        homes.set(name, await enterCategory(mongo, session, name, entering.length))
      const rows = demoCatalog.map(({ id, ...input }) => rowOf(new ObjectId(id), opened(input, now), homes.get(input.category)!))
      await productsOf(mongo).insertMany(rows, { session })
      publish(...rows.map(createdEvent))
      return true
    })
  } catch (error) {
    // Another instance was first, or the shop has products of its own by these SKUs: then it needs no demo.
    if (isDuplicate(error)) return false
    throw error
  }
}
