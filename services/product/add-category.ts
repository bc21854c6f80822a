import type { KeyedRequest } from '#shared/idempotency'
import type { Mongo } from '#shared/mongo'
import { idempotentlyInMongo } from '#shared/mongo-idempotency'
import type { Categories, CategoryInput } from './categories'
import { categoryView } from './category-model'
import type { CategoryRow } from './database'

const created = (row: CategoryRow) => ({
  status: 201,
  headers: { location: `/api/categories/${row._id.toHexString()}` },
  body: categoryView(row),
})

export const addCategory = (mongo: Mongo, categories: Categories) => (request: Omit<KeyedRequest, 'body'>, input: CategoryInput) =>
  idempotentlyInMongo(mongo, { ...request, body: input }, async save =>
    created(await categories.add(input, (session, row) => save(session, created(row)))),
  )
