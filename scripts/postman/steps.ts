import type { Request } from './request'

/** Steps that several journeys take. */

export const placed = (name: string, order: string, more: object = {}): Request => ({
  name,
  send: 'POST /api/orders',
  as: 'user',
  body: { items: [{ product_id: '{{product_id}}', quantity: 1 }], shipping_address: '123 Main St, City', ...more },
  status: 201,
  is: { status: 'pending' },
  keep: { [order]: 'id', [`${order}_total`]: 'total_amount' },
})

export const paid = (name: string, order: string, payment: string, status: string, more: object = {}): Request => ({
  name,
  send: 'POST /api/payments',
  as: 'user',
  body: { order_id: `{{#${order}}}`, amount: `{{#${order}_total}}`, payment_method: 'credit_card', ...more },
  status: 201,
  is: { order_id: `{{${order}}}`, status },
  keep: { [payment]: 'id' },
})

export const orderIs = (name: string, order: string, is: Record<string, string>): Request => ({
  name,
  send: `GET /api/orders/{{${order}}}`,
  as: 'user',
  until: Object.entries(is)
    .map(([field, value]) => `body.${field} === '${value}'`)
    .join(' && '),
  status: 200,
  is,
})

export const parcelOf = (name: string, order: string, shipment: string): Request => ({
  name,
  send: `GET /api/shipping/shipments?order_id={{${order}}}`,
  as: 'user',
  until: 'body.items.length > 0',
  status: 200,
  is: { total: 1, 'items.0.order_id': `{{${order}}}` },
  keep: { [shipment]: 'items.0.id', [`${shipment}_tracking`]: 'items.0.tracking_number' },
})

export const carrierSays = (status: string, shipment: string, name = `The carrier says: ${status.replace('_', ' ')}`): Request => ({
  name,
  send: `POST /api/shipping/shipments/{{${shipment}}}/events`,
  as: 'admin',
  body: { status },
  status: 200,
  is: { id: `{{${shipment}}}`, status },
})
