import { etag } from '#shared/etag'
import type { KeyedRequest } from '#shared/idempotency'
import type { Mongo } from '#shared/mongo'
import { idempotentlyInMongo } from '#shared/mongo-idempotency'
import type { ProductRow } from './database'
import { newProduct, type ProductInput, stockMark } from './domain'
import { productView } from './model'
import type { Products } from './repository'

const created = (row: ProductRow) => ({
  status: 201,
  headers: { location: `/api/products/${row._id.toHexString()}`, etag: etag(row.version, stockMark(row)) },
  body: productView(row),
})

export const addProduct = (mongo: Mongo, products: Products) => (request: Omit<KeyedRequest, 'body'>, input: ProductInput) =>
  idempotentlyInMongo(mongo, { ...request, body: input }, async save =>
    created(await products.add(newProduct(input, new Date()), (session, row) => save(session, created(row)))),
  )
