import { AppError } from '#shared/errors'
import { type Http, requirePlain } from '#shared/http'
import { closed, t } from '#shared/schema'
import type { ProductService } from './compose'
import { type ImportFormat, importLines, maxBytes } from './import-lines'
import { ImportReport } from './model'

const formats: Record<string, ImportFormat> = { 'application/x-ndjson': 'ndjson', 'text/csv': 'csv' }

const formatOf = (request: Request): ImportFormat => {
  requirePlain(request.headers)
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const format = formats[type]
  if (!format) throw new AppError('unsupported', 'unsupported_media_type', 'Send the file as application/x-ndjson or text/csv.')
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes)
    throw new AppError('too_large', 'payload_too_large', 'An import can have at most 64 MiB; split the file.')
  return format
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

type Deps = Pick<ProductService, 'importProducts' | 'exportProducts'> & { http: Http }

export const transferRoutes = ({ http, importProducts, exportProducts }: Deps) =>
  http('/api/products')
    .post('/import', ({ request }) => importProducts(importLines(request.body ?? emptyBody(), formatOf(request))), {
      stream: 'admin',
      response: ImportReport,
      problems: ['invalid_header', 'unsupported_media_type'],
      repeats: 'sets the same fields again and creates no product twice',
      detail: {
        operationId: 'importProducts',
        summary: 'Create and change products from a file, by SKU; a faulty line does not stop the others',
        description:
          'One product per line, with the fields of POST. CSV starts with a header; `attributes`, `images`, `tags` and `variants` are ' +
          'JSON in their cells. A line with a known SKU changes only the fields that it names, and never the stock. ' +
          'The first line of the file is line 1; in CSV that is the header.',
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
          operationId: 'exportProducts',
          summary: 'All active products, one per line; the import accepts the file',
          responses: {
            200: {
              description: 'One product per line',
              content: {
                'application/x-ndjson': { schema: { type: 'string' }, example: '{"sku":"MUG-01","name":"Mug","price":9.5,"stock":40}\n' },
                'text/csv': { schema: { type: 'string' }, example: 'sku,name,price,stock\nMUG-01,Mug,9.5,40\n' },
              },
            },
          },
        },
      },
    )
