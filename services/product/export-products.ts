import type { Mongo } from '#shared/mongo'
import { escapeFormula } from './csv-formulas'
import { productsOf } from './database'
import { type ImportFormat, importColumns } from './import-lines'
import { hiddenFields } from './list'
import { productView } from './model'

const batchSize = 200

const cell = (value: unknown): string => {
  const text = typeof value === 'string' ? escapeFormula(value) : JSON.stringify(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
/** A variant has a price only where it is its own: in a file where the product's price is changed, the others follow it. */
const exportView = (row: Parameters<typeof productView>[0]) => {
  const view = productView(row)
  const variants = view.variants.map(({ price, ...variant }, at) =>
    row.variants[at]?.price === undefined ? variant : { ...variant, price },
  )
  return { ...view, variants }
}
type ExportView = ReturnType<typeof exportView>

const exportColumns = ['id', 'category_ids', ...importColumns, 'status', 'created_at', 'updated_at'] as const
const csvLine = (view: ExportView) => exportColumns.map(column => cell(view[column])).join(',')

/** Streams every active product in order of its id, as fast as the client reads. An import accepts the result. */
export const exportProducts =
  (mongo: Mongo) =>
  (format: ImportFormat): ReadableStream<Uint8Array> => {
    const cursor = productsOf(mongo).find({ shelf: { $ne: 'archived' } }, { sort: { _id: 1 }, batchSize, projection: hiddenFields })
    const encoder = new TextEncoder()
    let header = format === 'csv' ? `${exportColumns.join(',')}\n` : ''
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const more = await cursor.hasNext()
          const lines = cursor.readBufferedDocuments(batchSize).map(row => {
            const view = exportView(row)
            return `${format === 'csv' ? csvLine(view) : JSON.stringify(view)}\n`
          })
          const text = header + lines.join('')
          header = ''
          if (text) controller.enqueue(encoder.encode(text))
          if (!more) controller.close()
        },
        cancel: () => cursor.close(),
      },
      { highWaterMark: 1 },
    )
  }
