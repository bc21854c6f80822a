import { type ClientSession, ObjectId } from 'mongodb'
import { conflict, invalid, notFound } from '#shared/errors'
import type { Mongo } from '#shared/mongo'
import { remember } from '#shared/remember'
import type { TaxClass } from '#shared/tax-class'
import { second } from '#shared/time'
import { maxDepth, type PlacedCategory, placeCategory, withDescendants } from './category-place'
import { type CategoryRow, catalogTransaction, categoriesOf, isDuplicateCategory, isDuplicateSlug, marksOf, maxReadMs } from './database'
import { categoryKey, requireCategoryName, slugOf } from './domain'

export interface CategoryInput {
  name: string
  slug?: string
  parent_id?: string | null
  tax_class?: TaxClass | null
}

/** Counts `count` more products in a category. Undefined when there is no such category. */
const countProducts = async (
  mongo: Mongo,
  session: ClientSession,
  which: { key: string } | { _id: ObjectId },
  count: number,
): Promise<PlacedCategory | undefined> => {
  const categories = categoriesOf(mongo)
  const known = await categories.findOneAndUpdate(which, { $inc: { products: count } }, { session, returnDocument: 'after' })
  return known ? placeCategory(known, _id => categories.findOne({ _id }, { session })) : undefined
}

/** Finds a category by name and counts `count` more products in it. An unknown category is created at the top of the tree. */
export const addProductsToCategory = async (mongo: Mongo, session: ClientSession, name: string, count = 1): Promise<PlacedCategory> => {
  const categories = categoriesOf(mongo)
  const key = categoryKey(name)
  const known = await countProducts(mongo, session, { key }, count)
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
  return placeCategory(row, () => undefined)
}

/** Finds the category by its id, since it may have been renamed while the product was archived. Undefined when it is gone. */
export const returnProductToCategory = (mongo: Mongo, session: ClientSession, _id: ObjectId): Promise<PlacedCategory | undefined> =>
  countProducts(mongo, session, { _id }, 1)

export const removeProductsFromCategory = async (mongo: Mongo, session: ClientSession, _id: ObjectId, count = 1): Promise<void> => {
  await categoriesOf(mongo).updateOne({ _id }, { $inc: { products: -count } }, { session })
}

/** Serialises changes of the tree's shape: two moves that are valid on their own could form a cycle together. */
const lockTree = async (mongo: Mongo, session: ClientSession) => {
  await marksOf(mongo).updateOne({ _id: 'category-tree' }, { $inc: { changes: 1 } }, { session, upsert: true })
}

const toConflict = (error: unknown) => {
  if (isDuplicateCategory(error)) return conflict('category_exists', 'A category with this name exists already; choose a different name.')
  if (isDuplicateSlug(error)) return conflict('slug_taken', 'Another category has this slug; choose a different slug.')
  return error
}

export const categoryRepository = (mongo: Mongo) => {
  const categories = categoriesOf(mongo)
  const transaction = catalogTransaction(mongo)
  const tree = remember(async () => new Map([['all', await categories.find({}, { sort: { key: 1 }, maxTimeMS: maxReadMs }).toArray()]]), {
    ms: 0.9 * second,
    most: 1,
  })

  /** Less than a second old, and never older than a change that this instance made. */
  const all = async (): Promise<CategoryRow[]> => (await tree.recent(['all'])).get('all') ?? []

  const validParent = async (session: ClientSession, parentId: string, child?: ObjectId): Promise<ObjectId> => {
    const rows = new Map((await categories.find({}, { session }).toArray()).map(row => [row._id.toHexString(), row]))
    if (!rows.has(parentId)) throw invalid('unknown_parent', 'No category has this parent_id.')
    let levelsAbove = 0
    for (let at = rows.get(parentId); at && levelsAbove < maxDepth; at = at.parent_id ? rows.get(at.parent_id.toHexString()) : undefined) {
      if (child?.equals(at._id)) throw conflict('category_cycle', 'A category cannot be moved into itself or its own subcategories.')
      levelsAbove++
    }
    if (levelsAbove + depthOf([...rows.values()], child) > maxDepth)
      throw conflict('too_deep', `A category tree can have at most ${maxDepth} levels; choose a parent further up.`)
    return new ObjectId(parentId)
  }

  return {
    all,
    forget: tree.forget,

    async byId(id: string): Promise<CategoryRow> {
      const row = (await all()).find(({ _id }) => _id.toHexString() === id)
      if (!row) throw notFound('category')
      return row
    },

    /** `within` runs in the same transaction. */
    async add(
      { name, slug, parent_id, tax_class }: CategoryInput,
      within: (session: ClientSession, row: CategoryRow) => Promise<void> = async () => {},
    ): Promise<CategoryRow> {
      requireCategoryName(name)
      const _id = new ObjectId()
      try {
        return await transaction(async session => {
          await lockTree(mongo, session)
          const row: CategoryRow = {
            _id,
            name: name.trim(),
            key: categoryKey(name),
            slug: slug ?? slugOf(name),
            parent_id: parent_id ? await validParent(session, parent_id) : null,
            ...(tax_class && { tax_class }),
            products: 0,
          }
          await categories.insertOne(row, { session })
          await within(session, row)
          return row
        })
      } catch (error) {
        throw toConflict(error)
      } finally {
        tree.forget()
      }
    },

    /** What products show of a changed category is written into them afterwards: it is marked as outdated, with those below it if they are concerned. */
    async change(id: string, { name, slug, parent_id, tax_class }: Partial<CategoryInput>): Promise<CategoryRow> {
      if (name !== undefined) requireCategoryName(name)
      const _id = new ObjectId(id)
      try {
        return await transaction(async session => {
          const moves = parent_id !== undefined || tax_class !== undefined
          if (moves) await lockTree(mongo, session)
          const before = await categories.findOne({ _id }, { session })
          if (!before) throw notFound('category')
          const renamed = name !== undefined && name.trim() !== before.name
          const change: Partial<CategoryRow> = {
            ...(renamed && { name: name.trim(), key: categoryKey(name) }),
            ...(slug !== undefined && { slug }),
            ...(parent_id !== undefined && { parent_id: parent_id === null ? null : await validParent(session, parent_id, _id) }),
            ...(tax_class && { tax_class }),
          }
          const update = { $set: change, ...(tax_class === null && { $unset: { tax_class: true } as const }) }
          if (Object.keys(change).length > 0 || tax_class === null) await categories.updateOne({ _id }, update, { session })
          const concerned = moves ? withDescendants(await categories.find({}, { session }).toArray(), _id) : renamed ? [_id] : []
          if (concerned.length > 0)
            await categories.updateMany({ _id: { $in: concerned } }, { $set: { outdated: true }, $inc: { version: 1 } }, { session })
          return (await categories.findOne({ _id }, { session })) ?? before
        })
      } catch (error) {
        throw toConflict(error)
      } finally {
        tree.forget()
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
            throw conflict('category_in_use', 'The category still contains products or categories; move them first.')
          await categories.deleteOne({ _id }, { session })
        })
      } finally {
        tree.forget()
      }
    },

    /** The id of the category with this name or slug. */
    async idOf(name: string): Promise<ObjectId | undefined> {
      const rows = await all()
      const key = categoryKey(name)
      return (rows.find(row => row.key === key) ?? rows.find(row => row.slug === name))?._id
    },
  }
}
export type Categories = ReturnType<typeof categoryRepository>

/** The number of levels from a category down to its lowest descendant; 1 for a new category. */
const depthOf = (rows: readonly CategoryRow[], id: ObjectId | undefined): number => {
  const children = Map.groupBy(rows, row => row.parent_id?.toHexString())
  let depth = 1
  let level = id ? (children.get(id.toHexString()) ?? []) : []
  for (; level.length > 0 && depth <= maxDepth; depth++) level = level.flatMap(({ _id }) => children.get(_id.toHexString()) ?? [])
  return depth
}
