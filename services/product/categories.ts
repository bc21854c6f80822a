import { type ClientSession, ObjectId } from 'mongodb'
import { conflict, invalid, notFound } from '#shared/errors'
import type { Mongo } from '#shared/mongo'
import { categoryKey, slugOf } from './domain'
import { type CategoryRow, categoriesOf, changing, isCategoryTaken, isSlugTaken, marksOf } from './store'

export const maxDepth = 6

interface CategoryInput {
  name: string
  slug?: string
  parent_id?: string | null
}

/** A category by name for `count` more of its products; an unknown one begins at the top of the tree. */
export const enterCategory = async (mongo: Mongo, session: ClientSession, name: string, count = 1): Promise<CategoryRow> => {
  const categories = categoriesOf(mongo)
  const key = categoryKey(name)
  const known = await categories.findOneAndUpdate({ key }, { $inc: { products: count } }, { session, returnDocument: 'after' })
  if (known) return known
  const _id = new ObjectId()
  const slug = slugOf(name)
  const taken = await categories.findOne({ slug }, { session })
  const row: CategoryRow = {
    _id,
    name: name.trim(),
    key,
    slug: taken ? `${slug}-${_id.toHexString().slice(-6)}` : slug,
    parent_id: null,
    products: count,
  }
  await categories.insertOne(row, { session })
  return row
}

export const leaveCategory = async (mongo: Mongo, session: ClientSession, _id: ObjectId, count = 1): Promise<void> => {
  await categoriesOf(mongo).updateOne({ _id }, { $inc: { products: -count } }, { session })
}

/** Changes of the tree's shape go one after the other: two moves that each look right could make a cycle together. */
const lockTree = async (mongo: Mongo, session: ClientSession) => {
  await marksOf(mongo).updateOne({ _id: 'category-tree' }, { $inc: { changes: 1 } }, { session, upsert: true })
}

const inWords = (error: unknown) => {
  if (isCategoryTaken(error)) return conflict('category_exists', 'There is a category of this name already.')
  if (isSlugTaken(error)) return conflict('slug_taken', 'Another category has this slug; choose a different one.')
  return error
}

export const categoryRepository = (mongo: Mongo) => {
  const categories = categoriesOf(mongo)
  const transaction = changing(mongo)
  let known: { rows: Promise<CategoryRow[]>; until: number } | undefined

  /** At most a second old, and never older than a change made here. */
  const all = (): Promise<CategoryRow[]> => {
    if (!known || known.until < Date.now()) {
      const rows = categories.find().sort({ key: 1 }).toArray()
      known = { rows, until: Date.now() + 900 }
      rows.catch(() => {
        known = undefined
      })
    }
    return known.rows
  }

  const parentFor = async (session: ClientSession, parentId: string, child?: ObjectId): Promise<ObjectId> => {
    const rows = new Map((await categories.find({}, { session }).toArray()).map(row => [row._id.toHexString(), row]))
    if (!rows.has(parentId)) throw invalid('unknown_parent', 'There is no category with this parent_id.')
    let above = 0
    for (let at = rows.get(parentId); at; at = at.parent_id ? rows.get(at.parent_id.toHexString()) : undefined) {
      if (child?.equals(at._id)) throw conflict('category_cycle', 'A category cannot lie within itself.')
      above++
    }
    if (above + depthBelow([...rows.values()], child) > maxDepth)
      throw conflict('too_deep', `A category tree has at most ${maxDepth} levels.`)
    return new ObjectId(parentId)
  }

  return {
    all,
    forget() {
      known = undefined
    },

    async byId(id: string): Promise<CategoryRow> {
      const row = (await all()).find(({ _id }) => _id.toHexString() === id)
      if (!row) throw notFound('category')
      return row
    },

    async add({ name, slug, parent_id }: CategoryInput): Promise<CategoryRow> {
      const _id = new ObjectId()
      try {
        return await transaction(async session => {
          await lockTree(mongo, session)
          const row: CategoryRow = {
            _id,
            name: name.trim(),
            key: categoryKey(name),
            slug: slug ?? slugOf(name),
            parent_id: parent_id ? await parentFor(session, parent_id) : null,
            products: 0,
          }
          await categories.insertOne(row, { session })
          return row
        })
      } catch (error) {
        throw inWords(error)
      } finally {
        known = undefined
      }
    },

    async change(id: string, { name, slug, parent_id }: Partial<CategoryInput>): Promise<CategoryRow> {
      const _id = new ObjectId(id)
      try {
        return await transaction(async session => {
          if (parent_id !== undefined) await lockTree(mongo, session)
          const before = await categories.findOne({ _id }, { session })
          if (!before) throw notFound('category')
          const renamed = name !== undefined && name.trim() !== before.name
          const change: Partial<CategoryRow> = {
            ...(renamed && { name: name.trim(), key: categoryKey(name), renamed: true }),
            ...(slug !== undefined && { slug }),
            ...(parent_id !== undefined && { parent_id: parent_id === null ? null : await parentFor(session, parent_id, _id) }),
          }
          if (Object.keys(change).length > 0) await categories.updateOne({ _id }, { $set: change }, { session })
          return { ...before, ...change }
        })
      } catch (error) {
        throw inWords(error)
      } finally {
        known = undefined
      }
    },

    async remove(id: string): Promise<void> {
      const _id = new ObjectId(id)
      try {
        await transaction(async session => {
          await lockTree(mongo, session)
          const row = await categories.findOne({ _id }, { session })
          if (!row) throw notFound('category')
          if (row.products > 0 || (await categories.findOne({ parent_id: _id }, { session })))
            throw conflict('category_in_use', 'The category still has products or categories in it; move them first.')
          await categories.deleteOne({ _id }, { session })
        })
      } finally {
        known = undefined
      }
    },

    /** The category that a shopper names, with all that lie within it. */
    async within(name: string): Promise<ObjectId[]> {
      const rows = await all()
      const key = categoryKey(name)
      const named = rows.find(row => row.key === key) ?? rows.find(row => row.slug === name)
      if (!named) return []
      const found = [named._id]
      for (const id of found) found.push(...rows.filter(row => row.parent_id?.equals(id)).map(row => row._id))
      return found
    },
  }
}
export type Categories = ReturnType<typeof categoryRepository>

/** Levels that a category brings along: itself, and what lies below it. */
const depthBelow = (rows: readonly CategoryRow[], id: ObjectId | undefined): number => {
  let depth = 1
  let level = id ? rows.filter(row => row.parent_id?.equals(id)) : []
  for (; level.length > 0 && depth <= maxDepth; depth++) level = rows.filter(row => level.some(above => row.parent_id?.equals(above._id)))
  return depth
}
