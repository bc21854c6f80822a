import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { IdempotencyHeader, t } from '#shared/schema'
import { cacheBriefly } from './cache-briefly'
import { type Branch, ById, CategoryView, ChangedCategory, categoryView, EmptyById, NewCategory, Tree } from './category-model'
import type { ProductService } from './compose'
import type { CategoryRow } from './database'

const treeOf = (rows: readonly CategoryRow[]): Branch[] => {
  const branches = new Map(rows.map((row): [string, Branch] => [row._id.toHexString(), { ...categoryView(row), children: [] }]))
  const top: Branch[] = []
  for (const branch of branches.values()) (branch.parent_id ? branches.get(branch.parent_id)?.children : top)?.push(branch)
  return top
}

type Deps = Pick<ProductService, 'addCategory' | 'categories' | 'propagateCategoryChanges'> & { http: Http }

export const categoryRoutes = ({ http, addCategory, categories, propagateCategoryChanges }: Deps) =>
  http('/api/categories')
    .get(
      '/',
      async ({ headers, set }) => {
        cacheBriefly({ headers, set })
        return { items: treeOf(await categories.all()) }
      },
      {
        public: true,
        response: Tree,
        problems: ['precondition_failed'],
        detail: { operationId: 'getCategoryTree', summary: 'All categories as a tree, with the number of products in each' },
      },
    )
    .post(
      '/',
      async ({ user, body, headers, set }) => {
        return replyWith(set, await addCategory({ scope: `${user.id} POST /api/categories`, key: headers['idempotency-key'] }, body))
      },
      {
        auth: 'admin',
        headers: IdempotencyHeader,
        body: NewCategory,
        response: { 201: CategoryView },
        problems: ['invalid_category', 'unknown_parent', 'category_exists', 'slug_taken', 'too_deep'],
        detail: { operationId: 'createCategory', summary: 'Create a category, at the top or within another' },
      },
    )
    .get(
      '/:id',
      async ({ params, headers, set }) => {
        cacheBriefly({ headers, set })
        return categoryView(await categories.byId(params.id))
      },
      {
        public: true,
        params: ById,
        response: CategoryView,
        problems: ['category_not_found', 'precondition_failed'],
        detail: { operationId: 'getCategory', summary: 'A category' },
      },
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
        problems: [
          'category_not_found',
          'invalid_category',
          'unknown_parent',
          'category_exists',
          'slug_taken',
          'category_cycle',
          'too_deep',
        ],
        detail: { operationId: 'updateCategory', summary: 'Rename, move or tax a category otherwise; its products follow' },
      },
    )
    .delete(
      '/:id',
      async ({ params, set }) => {
        await categories.remove(params.id)
        set.status = 204
      },
      {
        auth: 'admin',
        params: EmptyById,
        response: { 204: t.Void() },
        problems: ['category_not_found', 'category_in_use'],
        detail: { operationId: 'deleteCategory', summary: 'Remove an empty category' },
      },
    )
