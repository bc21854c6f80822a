import { closed, named, oneOf, type Static, type TSchema, t, text } from '#shared/schema'
import { taxClasses } from '#shared/tax-class'
import { maxDepth } from './category-place'
import type { CategoryRow } from './database'
import { demoCategories } from './demo-catalog'

const CategoryId = t.String({ pattern: '^[0-9a-f]{24}$', examples: [demoCategories.Electronics.id] })
const Slug = t.String({ pattern: '^[^\\s/?#&%A-Z]+$', minLength: 1, maxLength: 100, examples: ['mobile-phones'] })

const TaxClass = named('TaxClass', oneOf(taxClasses, ['standard']))

export const NewCategory = named(
  'NewCategory',
  closed(
    {
      name: text(100, 'Mobile phones'),
      slug: t.Optional(Slug),
      parent_id: t.Optional(t.Union([CategoryId, t.Null()])),
      tax_class: t.Optional(
        t.Union([TaxClass, t.Null()], { description: 'Of its products and subcategories that have none of their own' }),
      ),
    },
    { examples: [{ name: 'Mobile phones' }] },
  ),
)
export const ChangedCategory = named(
  'CategoryChange',
  closed(t.Partial(NewCategory).properties, { minProperties: 1, examples: [{ name: 'Presents' }] }),
)
export const ById = closed({ id: CategoryId })
/** The demo catalog has nothing in this one, so examples may change and remove it. */
export const EmptyById = closed({ id: t.String({ ...CategoryId, examples: [demoCategories.Gifts.id] }) })

export const CategoryView = named(
  'Category',
  t.Object({
    id: CategoryId,
    name: t.String({ examples: ['Mobile phones'] }),
    slug: t.String({ examples: ['mobile-phones'] }),
    parent_id: t.Union([CategoryId, t.Null()]),
    tax_class: t.Union([TaxClass, t.Null()], { description: 'Null where it is that of the category above, or else `standard`' }),
    product_count: t.Integer({ description: 'Active products directly in this category' }),
  }),
)
export type CategoryView = Static<typeof CategoryView>
export interface Branch extends CategoryView {
  children: Branch[]
}

// Checked level by level; the document says only that a branch has branches.
const branchSchema = (levels: number): TSchema =>
  named(
    'CategoryBranch',
    t.Object({
      ...CategoryView.properties,
      children: t.Array(levels > 1 ? branchSchema(levels - 1) : t.Object({}), { maxItems: levels > 1 ? 10_000 : 0 }),
    }),
  )
export const Tree = named('CategoryTree', t.Object({ items: t.Array(t.Unsafe<Branch>(branchSchema(maxDepth))) }))

export const categoryView = (row: CategoryRow): CategoryView => ({
  id: row._id.toHexString(),
  name: row.name,
  slug: row.slug,
  parent_id: row.parent_id?.toHexString() ?? null,
  tax_class: row.tax_class ?? null,
  product_count: row.products,
})
