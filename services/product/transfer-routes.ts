import { AppError } from '#shared/errors'
import type { Http } from '#shared/http'
import { closed, t } from '#shared/schema'
import type { ProductExport } from './export'
import { ImportReport, type ProductImport } from './import'
import { type ImportFormat, importLines, maxBytes } from './import-lines'

const formats: Record<string, ImportFormat> = { 'application/x-ndjson': 'ndjson', 'text/csv': 'csv' }

const formatOf = (request: Request): ImportFormat => {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const format = formats[type]
  if (!format) throw new AppError('unsupported', 'unsupported_media_type', 'Send the file as application/x-ndjson or text/csv.')
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes)
    throw new AppError('too_large', 'payload_too_large', 'An import may have at most 64 MiB.')
  return format
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

interface Deps {
  http: Http
  importProducts: ProductImport
  exportProducts: ProductExport
}

export const transferRoutes = ({ http, importProducts, exportProducts }: Deps) =>
  http('/api/products')
    .post('/import', ({ request }) => importProducts(importLines(request.body ?? nothing(), formatOf(request))), {
      stream: 'admin',
      response: ImportReport,
      detail: {
        summary: 'Makes and changes products from a file, by SKU; a wrong line does not stop the others',
        description:
          'One product a line, as POST takes it. CSV begins with a header; `attributes`, `images`, `tags` and `variants` are JSON in their cell. ' +
          'Of a known SKU only what a line names is changed, and never its stock. Lines count from 1, the header is line 1.',
        requestBody: {
          required: true,
          content: {
            'application/x-ndjson': {
              schema: { type: 'string' },
              example: '{"sku":"MUG-01","name":"Mug","description":"Holds coffee.","price":9.5,"category":"Kitchen","stock":40}\n',
            },
            'text/csv': {
              schema: { type: 'string' },
              example:
                'sku,name,description,price,category,stock,attributes\nMUG-01,Mug,Holds coffee.,9.5,Kitchen,40,"{""color"":""blue""}"\n',
            },
          },
        },
      },
    })
    .get(
      '/export',
      ({ query }) => {
        const format = query.format ?? 'ndjson'
        return new Response(exportProducts(format), {
          headers: {
            'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
            'content-disposition': `attachment; filename="products.${format}"`,
            'cache-control': 'no-store',
          },
        })
      },
      {
        auth: 'admin',
        query: closed({ format: t.Optional(t.Union([t.Literal('ndjson'), t.Literal('csv')])) }),
        detail: {
          summary: 'The whole catalog, one product a line; the import reads it back',
          responses: {
            200: {
              description: 'One product a line',
              content: {
                'application/x-ndjson': { schema: { type: 'string' }, example: '{"sku":"MUG-01","name":"Mug","price":9.5,"stock":40}\n' },
                'text/csv': { schema: { type: 'string' }, example: 'sku,name,price,stock\nMUG-01,Mug,9.5,40\n' },
              },
            },
          },
        },
      },
    )
