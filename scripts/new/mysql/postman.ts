import type { Folder } from '../../postman/request'

export const samples: Folder = {
  name: 'Samples',
  about: 'Notes about products.',
  requests: [
    {
      name: 'Save a note',
      send: 'POST /api/samples',
      as: 'user',
      body: { product_id: '{{product_id}}', note: 'For Ann' },
      status: 201,
      is: { product_id: '{{product_id}}', note: 'For Ann' },
    },
    { name: 'My notes', send: 'GET /api/samples', as: 'user', status: 200, is: { total: 1, 'items.0.note': 'For Ann' } },
    { name: 'Delete it', send: 'DELETE /api/samples/{{product_id}}', as: 'user', status: 204 },
  ],
}
