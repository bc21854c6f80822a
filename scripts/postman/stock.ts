import type { Folder } from './request'

export const stock: Folder = {
  name: 'Stock',
  about: 'What is on hand, what is promised, what is left.',
  requests: [
    {
      name: 'Check whether all of this is in stock',
      send: 'POST /api/inventory/check',
      body: { items: [{ product_id: '{{product_id}}', quantity: 2 }] },
      status: 200,
      is: { available: true, 'items.0.product_id': '{{product_id}}' },
    },
    {
      name: 'All stock',
      send: 'GET /api/inventory?limit=5&warehouse=main',
      as: 'admin',
      status: 200,
      has: ['items', 'total'],
      is: { limit: 5 },
    },
    {
      name: 'Set what is on hand',
      send: 'PUT /api/inventory/{{product_id}}',
      as: 'admin',
      body: { quantity: 60 },
      status: 200,
      has: ['id', 'updated_at'],
      is: { quantity: 60, warehouse: 'main', sku: 'LT-{{run}}' },
    },
    {
      name: 'Take some stock away, with a reason',
      send: 'POST /api/inventory/{{product_id}}/adjust',
      as: 'admin',
      body: { delta: -2, reason: 'damaged in the warehouse' },
      status: 200,
      is: { quantity: 58 },
    },
    {
      name: 'Every change of it',
      send: 'GET /api/inventory/{{product_id}}/movements',
      as: 'admin',
      status: 200,
      is: { 'items.0.delta': -2, 'items.0.reason': 'damaged in the warehouse' },
      after: [`pm.test('adds up to the stock', () => pm.expect(body.items.reduce((sum, { delta }) => sum + delta, 0)).to.eql(58))`],
    },
    {
      name: 'Set the threshold for low stock',
      send: 'PUT /api/inventory/{{product_id}}/threshold',
      as: 'admin',
      body: { threshold: 58 },
      status: 200,
      is: { threshold: 58, quantity: 58 },
    },
    {
      name: 'Products that are low in stock',
      send: 'GET /api/inventory/low-stock?limit=100',
      as: 'admin',
      status: 200,
      has: ['items', 'total'],
      after: [
        `pm.test('each is at its threshold or below', () => body.items.forEach(row => pm.expect(row.available).to.be.at.most(row.threshold)))`,
      ],
    },
  ],
}
