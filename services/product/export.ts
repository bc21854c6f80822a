import type { Mongo } from '#shared/mongo'
import { columns, type ImportFormat } from './import-lines'
import { unshown } from './list'
import { type ProductView, productView } from './model'
import { productsOf } from './store'

const batch = 200

const cell = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
const exported = ['id', ...columns, 'status', 'created_at', 'updated_at'] as const
const csvLine = (view: ProductView) => exported.map(column => cell(view[column])).join(',')

/** The catalog as it is sold, in the order of its ids; an import reads it back. Read as fast as the client takes it. */
export const productExport =
  (mongo: Mongo) =>
  (format: ImportFormat): ReadableStream<Uint8Array> => {
    const cursor = productsOf(mongo).find({ shelf: { $ne: 'archived' } }, { sort: { _id: 1 }, batchSize: batch, projection: unshown })
    const encoder = new TextEncoder()
    let header = format === 'csv' ? `${exported.join(',')}\n` : ''
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const more = await cursor.hasNext()
          const lines = cursor.readBufferedDocuments(batch).map(row => {
            const view = productView(row)
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
export type ProductExport = ReturnType<typeof productExport>
