import { type Fault, invalid } from '#shared/errors'
import type { Category, PromotionClients } from './clients'
import { categoryKey } from './domain'

interface Given {
  categories?: readonly string[]
  category_ids?: readonly string[]
  product_ids?: readonly string[]
}

/** Finds the categories that a campaign names, so that it follows them when they are renamed; what the catalog does not have is refused. */
export const targets = ({ allCategories, missingProducts }: Pick<PromotionClients, 'allCategories' | 'missingProducts'>) => {
  const requireProducts = async (ids: readonly string[]) => {
    const missing = new Set(ids.length > 0 ? await missingProducts(ids) : [])
    const errors = ids.flatMap((id, index): Fault[] =>
      missing.has(id) ? [{ path: `/product_ids/${index}`, message: 'there is no such product' }] : [],
    )
    if (errors.length > 0) throw invalid('unknown_product', 'Some of these products do not exist; `errors` says which.', errors)
  }

  const findCategories = async ({ categories = [], category_ids = [] }: Given): Promise<Category[]> => {
    if (categories.length === 0 && category_ids.length === 0) return []
    const all = await allCategories()
    const byKey = new Map(all.map(category => [categoryKey(category.name), category]))
    const byId = new Map(all.map(category => [category.id, category]))
    const errors: Fault[] = []
    const find = (field: string, given: readonly string[], found: (text: string) => Category | undefined) =>
      given.flatMap((text, index) => {
        const category = found(text)
        if (!category) errors.push({ path: `/${field}/${index}`, message: 'there is no such category' })
        return category ?? []
      })
    const found = [
      ...find('categories', categories, name => byKey.get(categoryKey(name))),
      ...find('category_ids', category_ids, id => byId.get(id)),
    ]
    if (errors.length > 0) throw invalid('unknown_category', 'Some of these categories do not exist; `errors` says which.', errors)
    return [...new Map(found.map(category => [category.id, category])).values()]
  }

  return {
    /** The categories of a request by name and id; nothing when the request says nothing of them. */
    async checked(given: Given): Promise<{ categories?: string[]; category_ids?: string[] }> {
      const [found] = await Promise.all([findCategories(given), requireProducts(given.product_ids ?? [])])
      if (given.categories === undefined && given.category_ids === undefined) return {}
      return { categories: found.map(({ name }) => name), category_ids: found.map(({ id }) => id) }
    },
  }
}
export type Targets = ReturnType<typeof targets>
