import { status } from 'elysia'
import { notFound } from '#shared/errors'
import { notModified } from '#shared/etag'
import type { Http } from '#shared/http'
import { closed, t } from '#shared/schema'
import { productImage } from './product-images'

/** A drawing that changes gets another name, so that browsers may keep it. */
const keptForAYear = 'public, max-age=31536000, immutable'

export const imageRoutes = ({ http }: { http: Http }) =>
  http('/api/products').get(
    '/images/:name',
    ({ params, headers, set }) => {
      const image = productImage(params.name.slice(0, -'.svg'.length))
      if (!image) throw notFound('image')
      if (notModified({ headers, set }, `"${Bun.hash.wyhash(image).toString(36)}"`)) return status(304, undefined)
      return new Response(image, {
        headers: {
          'content-type': 'image/svg+xml',
          'cache-control': keptForAYear,
          // Opened by itself, an SVG is a document: nothing in it may run or load.
          'content-security-policy': "default-src 'none'; sandbox",
        },
      })
    },
    {
      public: true,
      params: closed({ name: t.String({ pattern: '^[a-z]{1,32}-[a-z]{1,32}\\.svg$', examples: ['laptop-graphite.svg'] }) }),
      problems: ['image_not_found', 'precondition_failed'],
      detail: {
        operationId: 'getProductImage',
        summary: 'The drawing of a demo product, by thing and colour',
        responses: {
          200: {
            description: 'An image of 400 by 400',
            content: {
              'image/svg+xml': {
                schema: { type: 'string' },
                example: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">…</svg>',
              },
            },
          },
          304: { description: 'The client has it already' },
        },
      },
    },
  )
