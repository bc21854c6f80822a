import type { ObjectId } from 'mongodb'
import { standardClass, type TaxClass } from '#shared/tax-class'
import type { CategoryRow } from './database'

export const maxDepth = 6

/** What products show of their category and of those above it. */
export interface CategoryPlace {
  /** From the top of the tree to the category itself. */
  category_ids: ObjectId[]
  /** Its own tax class, or else that of the nearest category above it that has one. */
  category_tax_class: TaxClass
  category_version: number
}
export type PlacedCategory = Pick<CategoryRow, '_id' | 'name'> & CategoryPlace

/** The walk is bounded, so that even categories that were stored in a circle do not stop it. */
export const placeCategory = async (
  row: CategoryRow,
  find: (id: ObjectId) => Promise<CategoryRow | null> | CategoryRow | undefined,
): Promise<PlacedCategory> => {
  const path = [row]
  for (let above = row.parent_id; above && path.length < maxDepth; ) {
    const parent = await find(above)
    if (!parent) break
    path.unshift(parent)
    above = parent.parent_id
  }
  return {
    _id: row._id,
    name: row.name,
    category_ids: path.map(({ _id }) => _id),
    category_tax_class: path.findLast(({ tax_class }) => tax_class !== undefined)?.tax_class ?? standardClass,
    category_version: row.version ?? 0,
  }
}

/** The categories within these, themselves included. Each is visited once, however they are stored. */
export const withDescendants = (rows: readonly Pick<CategoryRow, '_id' | 'parent_id'>[], id: ObjectId): ObjectId[] => {
  const children = Map.groupBy(rows, row => row.parent_id?.toHexString())
  const found = new Map([[id.toHexString(), id]])
  for (const key of found.keys()) for (const { _id } of children.get(key) ?? []) found.set(_id.toHexString(), _id)
  return [...found.values()]
}
