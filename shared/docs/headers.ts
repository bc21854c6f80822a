import type { Schema } from './schema'

const text = (description: string, example: string): Schema => ({ description, schema: { type: 'string' }, example })

/** The headers of answers, for `components`. */
export const answerHeaders: Record<string, Schema> = {
  'X-Request-Id': text('Finds the request in the logs. A client may send one of its own', '0f0e4a1c-6f0b-4c57-9d0e-3c1f6f6b2a10'),
  'Retry-After': { description: 'In how many seconds to try again', schema: { type: 'integer', minimum: 0 }, example: 1 },
  ETag: text('The version of what is answered, for `If-Match` and `If-None-Match`', '"7-40"'),
  Location: text('Where what was made can be read: its own address, or that of its list', '/api/orders/1'),
  'Idempotent-Replayed': {
    description: 'The answer is the first one to this `Idempotency-Key`',
    schema: { type: 'string', enum: ['true'] },
  },
  'X-Cart-Id': text('The id of a guest’s cart: send it with the next request', 'k3Jd8sQw1ZxYb6Tt0uVnRm2PfLh7AaGe'),
}

const header = (name: string, description: string): Schema => ({
  in: 'header',
  name,
  required: false,
  description,
  schema: { type: 'string' },
})

export const ifMatch = header('If-Match', 'The `ETag` that was read: 412 when it has changed since')
export const ifNoneMatch = header('If-None-Match', 'The `ETag` that was read: 304 when it has not changed since')
