import { type ClientSession, ObjectId } from 'mongodb'
import { AppError } from '#shared/errors'
import type { Mongo } from '#shared/mongo'
import { addProductsToCategory, type Categories, removeProductsFromCategory } from './categories'
import type { PlacedCategory } from './category-place'
import { catalogTransaction, havingSkus, type ProductRow, productsOf, rowOf } from './database'
import { allSkus, categoryKey, changeProduct, newProduct, type Product, type ProductInput, skuKey, skuTaken } from './domain'
import type { ImportLine } from './import-lines'
import { type ImportReport, maxImportErrors } from './model'
import { createdEvent, updatedEvent } from './repository'

const batchSize = 100
/** Bounds the memory of an import and the size of its transactions. */
const maxBatchBytes = 8 * 1024 * 1024

interface ProductLine {
  line: number
  bytes: number
  input: ProductInput
}
interface Outcome {
  _id: ObjectId
  /** Absent for a new product. */
  before?: ProductRow
  product: Product
}

/** A line does not change the stock of a known product: inventory owns it. */
const withoutStock = ({ stock: _, ...input }: ProductInput): Partial<ProductInput> => ({
  ...input,
  ...(input.variants && { variants: input.variants.map(({ stock: _, ...variant }) => variant) }),
})

type OwnerOf = (sku: string) => ProductRow | undefined
/** A product that has the SKU in this spelling goes before one that has it in another. */
const ownersAmong = (rows: readonly ProductRow[]): OwnerOf => {
  const exact = new Map(rows.flatMap(row => row.skus.map(sku => [sku, row])))
  const byKey = new Map(rows.flatMap(row => row.skus.map(sku => [skuKey(sku), row])))
  return sku => exact.get(sku) ?? byKey.get(skuKey(sku))
}

const outcomeOf = ({ input }: ProductLine, ownerOf: OwnerOf, now: Date): Outcome => {
  const before = ownerOf(input.sku)
  if (before && skuKey(before.sku) !== skuKey(input.sku)) throw skuTaken()
  const product = before ? changeProduct(before, withoutStock(input), now) : newProduct(input, now)
  if (allSkus(product).some(sku => (ownerOf(sku) ?? before) !== before)) throw skuTaken()
  return { _id: before?._id ?? new ObjectId(), ...(before && { before }), product }
}

/** Creates unknown SKUs and changes known ones, up to a hundred lines per transaction. It reads further lines only once those are stored. */
export const importProducts = (mongo: Mongo, categories: Categories) => {
  const products = productsOf(mongo)
  const transaction = catalogTransaction(mongo)

  /** The rows to store. Each category is written once, with the number of products that it gains. */
  const rowsOf = async (session: ClientSession, changes: readonly Outcome[]) => {
    const entered = new Map<string, PlacedCategory>()
    const moving = changes.filter(({ before, product }) => !before || categoryKey(before.category) !== categoryKey(product.category))
    for (const [key, entering] of Map.groupBy(moving, ({ product }) => categoryKey(product.category)))
      entered.set(key, await addProductsToCategory(mongo, session, entering[0]?.product.category ?? key, entering.length))
    for (const { before } of moving) if (before) await removeProductsFromCategory(mongo, session, before.category_id)
    return changes.map(({ _id, before, product }) => {
      const category =
        entered.get(categoryKey(product.category)) ?? (before && { ...before, _id: before.category_id, name: before.category })
      if (!category) throw new Error(`the new product ${product.sku} has no category`)
      return { isNew: before === undefined, row: rowOf(_id, product, category, before) }
    })
  }

  const storeLines = (lines: readonly ProductLine[]) =>
    transaction(async (session, publish) => {
      const now = new Date()
      const skus = lines.flatMap(({ input }) => skusIn(input))
      const ownerOf = ownersAmong(await products.find(havingSkus(skus), { session }).toArray())
      const faults: { line: number; fault: AppError }[] = []
      const outcomes = lines.flatMap(line => {
        try {
          return [outcomeOf(line, ownerOf, now)]
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          faults.push({ line: line.line, fault: error })
          return []
        }
      })
      const changes = outcomes.filter(({ before, product }) => product !== before)
      const rows = await rowsOf(session, changes)
      const writes = rows.map(({ isNew, row }) =>
        isNew ? { insertOne: { document: row } } : { replaceOne: { filter: { _id: row._id }, replacement: row } },
      )
      if (writes.length > 0) await products.bulkWrite(writes, { session })
      publish(...rows.map(({ isNew, row }) => (isNew ? createdEvent(row) : updatedEvent(row))))
      const created = rows.filter(({ isNew }) => isNew).length
      return { created, updated: rows.length - created, unchanged: outcomes.length - rows.length, faults }
    })

  /** A SKU that someone else creates at the same time is found by the next attempt. */
  const storeWithRetry = async (lines: readonly ProductLine[]) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await storeLines(lines)
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'sku_taken') || attempt === 3) throw error
      }
    }
  }

  return async (lines: AsyncIterable<ImportLine>): Promise<ImportReport> => {
    const report: ImportReport = { created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] }
    let batch: ProductLine[] = []
    let batchBytes = 0
    let batchSkus = new Set<string>()

    const addFault = (line: number, { code, message }: AppError) => {
      report.failed++
      if (report.errors.length < maxImportErrors) report.errors.push({ line, code, message })
    }
    const flush = async () => {
      if (batch.length === 0) return
      const { created, updated, unchanged, faults } = await storeWithRetry(batch)
      report.created += created
      report.updated += updated
      report.unchanged += unchanged
      for (const { line, fault } of faults) addFault(line, fault)
      batch = []
      batchBytes = 0
      batchSkus = new Set()
    }

    try {
      for await (const line of lines) {
        if ('fault' in line) {
          addFault(line.line, line.fault)
          continue
        }
        // No two lines of a batch share a SKU, so a later line always finds what an earlier one has stored.
        const skus = skusIn(line.input).map(skuKey)
        if (batch.length >= batchSize || batchBytes + line.bytes > maxBatchBytes || skus.some(sku => batchSkus.has(sku))) await flush()
        batch.push(line)
        batchBytes += line.bytes
        for (const sku of skus) batchSkus.add(sku)
      }
      await flush()
    } catch (error) {
      // As the error says, what came before the file became too long is stored.
      if (error instanceof AppError && error.kind === 'too_large') await flush()
      throw error
    } finally {
      categories.forget()
    }
    report.errors.sort((a, b) => a.line - b.line)
    return report
  }
}

const skusIn = ({ sku, variants = [] }: ProductInput): string[] => [sku, ...variants.map(variant => variant.sku)]
