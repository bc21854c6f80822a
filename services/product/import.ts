import { type ClientSession, ObjectId } from 'mongodb'
import { AppError } from '#shared/errors'
import type { Mongo } from '#shared/mongo'
import { type Static, t } from '#shared/schema'
import { type Categories, enterCategory, leaveCategory } from './categories'
import { categoryKey, changed, opened, type Product, type ProductInput, skusOf, skuTaken } from './domain'
import type { ImportLine } from './import-lines'
import { createdEvent, updatedEvent } from './repository'
import { changing, type ProductRow, productsOf, rowOf } from './store'

const batchSize = 100
const maxErrors = 1000

export const ImportReport = t.Object({
  created: t.Integer(),
  updated: t.Integer(),
  unchanged: t.Integer(),
  failed: t.Integer(),
  errors: t.Array(t.Object({ line: t.Integer(), code: t.String(), message: t.String() }), {
    description: `The first ${maxErrors} faults, by line counted from 1`,
  }),
})
type ImportReport = Static<typeof ImportReport>

interface Wish {
  line: number
  input: ProductInput
}
/** What a line comes to. */
interface Outcome {
  _id: ObjectId
  before?: ProductRow
  product: Product
}

/** A known product keeps its stock, which is inventory's by now, and what the line leaves out. */
const withoutStock = ({ stock: _, ...input }: ProductInput): Partial<ProductInput> => ({
  ...input,
  ...(input.variants && { variants: input.variants.map(({ stock: _, ...variant }) => variant) }),
})

const outcomeOf = ({ input }: Wish, owners: Map<string, ProductRow>, now: Date): Outcome => {
  const before = owners.get(input.sku)
  if (before && before.sku !== input.sku) throw skuTaken()
  const product = before ? changed(before, withoutStock(input), now) : opened(input, now)
  for (const sku of skusOf(product)) if (owners.has(sku) && owners.get(sku) !== before) throw skuTaken()
  return { _id: before?._id ?? new ObjectId(), ...(before && { before }), product }
}

/** Products by their SKU, new ones and known ones, a hundred a transaction; the next lines are read when those are stored. */
export const productImport = (mongo: Mongo, categories: Categories) => {
  const products = productsOf(mongo)
  const transaction = changing(mongo)

  /** Each category once, with how many products it gains. */
  const placed = async (session: ClientSession, outcomes: Outcome[]) => {
    const homes = new Map<string, Pick<ProductRow, '_id'> & { name: string }>()
    const moving = outcomes.filter(({ before, product }) => !before || categoryKey(before.category) !== categoryKey(product.category))
    for (const [key, entering] of Map.groupBy(moving, ({ product }) => categoryKey(product.category)))
      homes.set(key, await enterCategory(mongo, session, entering[0]!.product.category, entering.length))
    for (const { before } of moving) if (before) await leaveCategory(mongo, session, before.category_id)
    return outcomes.map(({ _id, before, product }) => {
      const home = homes.get(categoryKey(product.category))
      return rowOf(_id, product, home ?? { _id: before!.category_id, name: before!.category }, before?.skus)
    })
  }

  const store = (wishes: Wish[]) =>
    transaction(async (session, publish) => {
      const now = new Date()
      const skus = wishes.flatMap(({ input }) =>
        skusOf({ sku: input.sku, variants: (input.variants ?? []).map(({ sku }) => ({ sku, attributes: {} })) }),
      )
      const known = await products.find({ skus: { $in: skus } }, { session }).toArray()
      const owners = new Map(known.flatMap(row => row.skus.map(sku => [sku, row])))
      const faults: { line: number; fault: AppError }[] = []
      const outcomes = wishes.flatMap(wish => {
        try {
          return [outcomeOf(wish, owners, now)]
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          faults.push({ line: wish.line, fault: error })
          return []
        }
      })
      const changes = outcomes.filter(({ before, product }) => product !== before)
      const rows = await placed(session, changes)
      if (rows.length > 0)
        await products.bulkWrite(
          rows.map((row, at) =>
            changes[at]!.before ? { replaceOne: { filter: { _id: row._id }, replacement: row } } : { insertOne: { document: row } },
          ),
          { session },
        )
      publish(...rows.map((row, at) => (changes[at]!.before ? updatedEvent(row) : createdEvent(row))))
      const created = changes.filter(({ before }) => !before).length
      return { created, updated: changes.length - created, unchanged: outcomes.length - changes.length, faults }
    })

  /** A SKU that somebody takes at this very moment is there on the next look. */
  const storeAgain = async (wishes: Wish[]) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await store(wishes)
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'sku_taken') || attempt === 3) throw error
      }
    }
  }

  return async (lines: AsyncIterable<ImportLine>): Promise<ImportReport> => {
    const report: ImportReport = { created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] }
    let wishes: Wish[] = []
    let named = new Set<string>()

    const note = (line: number, { code, message }: AppError) => {
      report.failed++
      if (report.errors.length < maxErrors) report.errors.push({ line, code, message })
    }
    const flush = async () => {
      if (wishes.length === 0) return
      const { created, updated, unchanged, faults } = await storeAgain(wishes)
      report.created += created
      report.updated += updated
      report.unchanged += unchanged
      for (const { line, fault } of faults) note(line, fault)
      wishes = []
      named = new Set()
    }

    try {
      for await (const line of lines) {
        if ('fault' in line) {
          note(line.line, line.fault)
          continue
        }
        // Lines of one batch never meet in a SKU: a later line of the file finds what an earlier one made.
        const skus = [line.input.sku, ...(line.input.variants ?? []).map(({ sku }) => sku)]
        if (wishes.length >= batchSize || skus.some(sku => named.has(sku))) await flush()
        wishes.push(line)
        for (const sku of skus) named.add(sku)
      }
      await flush()
    } finally {
      categories.forget()
    }
    report.errors.sort((a, b) => a.line - b.line)
    return report
  }
}
export type ProductImport = ReturnType<typeof productImport>
