import { status } from 'elysia'
import type { Http } from '#shared/http'
import { closed, oneOf, type Static, type TSchema, t, text } from '#shared/schema'
import { taxClasses } from '#shared/tax-class'
import { cacheBriefly } from './cache-briefly'
import { maxDepth } from './category-place'
import type { ProductService } from './compose'
import type { CategoryRow } from './database'
import { demoCategories } from './demo-catalog'

const CategoryId = t.String({ pattern: '^[0-9a-f]{24}$', examples: [demoCategories.Electronics.id] })
const Slug = t.String({ pattern: '^[^\\s/?#&%A-Z]+$', minLength: 1, maxLength: 100, examples: ['mobile-phones'] })

const TaxClass = oneOf(taxClasses, ['standard'])

const NewCategory = closed(
  {
    name: text(100, 'Mobile phones'),
    slug: t.Optional(Slug),
    parent_id: t.Optional(t.Union([CategoryId, t.Null()])),
    tax_class: t.Optional(t.Union([TaxClass, t.Null()], { description: 'Of its products and subcategories that have none of their own' })),
  },
  { examples: [{ name: 'Mobile phones' }] },
)
const ChangedCategory = closed(t.Partial(NewCategory).properties, { minProperties: 1, examples: [{ name: 'Presents' }] })
const ById = closed({ id: CategoryId })
/** The demo catalog has nothing in this one, so examples may change and remove it. */
const EmptyById = closed({ id: t.String({ ...CategoryId, examples: [demoCategories.Gifts.id] }) })

const CategoryView = t.Object({
  id: CategoryId,
  name: t.String(),
  slug: t.String(),
  parent_id: t.Union([CategoryId, t.Null()]),
  tax_class: t.Union([TaxClass, t.Null()], { description: 'Null where it is that of the category above, or else `standard`' }),
  product_count: t.Integer({ description: 'Active products directly in this category' }),
})
type CategoryView = Static<typeof CategoryView>
interface Branch extends CategoryView {
  children: Branch[]
}

// Written out level by level, because validators reject an OpenAPI document with a schema that refers to itself.
const branchSchema = (levels: number): TSchema =>
  t.Object({
    ...CategoryView.properties,
    children: t.Array(levels > 1 ? branchSchema(levels - 1) : t.Object({}), { maxItems: levels > 1 ? 10_000 : 0 }),
  })
const Tree = t.Object({ items: t.Array(t.Unsafe<Branch>(branchSchema(maxDepth))) })

const categoryView = (row: CategoryRow): CategoryView => ({
  id: row._id.toHexString(),
  name: row.name,
  slug: row.slug,
  parent_id: row.parent_id?.toHexString() ?? null,
  tax_class: row.tax_class ?? null,
  product_count: row.products,
})

const treeOf = (rows: readonly CategoryRow[]): Branch[] => {
  const branches = new Map(rows.map((row): [string, Branch] => [row._id.toHexString(), { ...categoryView(row), children: [] }]))
  const top: Branch[] = []
  for (const branch of branches.values()) (branch.parent_id ? branches.get(branch.parent_id)?.children : top)?.push(branch)
  return top
}

type Deps = Pick<ProductService, 'categories' | 'propagateCategoryChanges'> & { http: Http }

export const categoryRoutes = ({ http, categories, propagateCategoryChanges }: Deps) =>
  http('/api/categories')
    .get(
      '/',
      async ({ headers, set }) => {
        cacheBriefly({ headers, set })
        return { items: treeOf(await categories.all()) }
      },
      { public: true, response: Tree, detail: { summary: 'All categories as a tree, with the number of products in each' } },
    )
    .post(
      '/',
      async ({ body, set }) => {
        const row = await categories.add(body)
        set.headers.location = `/api/categories/${row._id.toHexString()}`
        return status(201, categoryView(row))
      },
      {
        auth: 'admin',
        body: NewCategory,
        response: { 201: CategoryView },
        detail: { summary: 'Create a category, at the top or within another' },
      },
    )
    .get(
      '/:id',
      async ({ params, headers, set }) => {
        cacheBriefly({ headers, set })
        return categoryView(await categories.byId(params.id))
      },
      { public: true, params: ById, response: CategoryView, detail: { summary: 'A category' } },
    )
    .patch(
      '/:id',
      async ({ params, body }) => {
        const row = await categories.change(params.id, body)
        if (row.outdated) await propagateCategoryChanges()
        return categoryView(row)
      },
      {
        auth: 'admin',
        params: EmptyById,
        body: ChangedCategory,
        response: CategoryView,
        detail: { summary: 'Rename, move or tax a category otherwise; its products follow' },
      },
    )
    .delete(
      '/:id',
      async ({ params, set }) => {
        await categories.remove(params.id)
        set.status = 204
      },
      { auth: 'admin', params: EmptyById, response: { 204: t.Void() }, detail: { summary: 'Remove an empty category' } },
    )
