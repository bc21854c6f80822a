import type { Folder } from './request'

export const carts: Folder = {
  name: 'More of carts',
  about: 'Sharing, taking out, starting over.',
  requests: [
    {
      name: 'Put something in',
      send: 'POST /api/cart/items',
      as: 'user',
      body: { product_id: '{{product_id}}', quantity: 1 },
      status: 201,
    },
    { name: 'One more of it', send: 'POST /api/cart/items', as: 'user', body: { product_id: '{{product_id}}', quantity: 1 }, status: 200 },
    {
      name: 'Use a code',
      send: 'POST /api/cart/coupon',
      as: 'user',
      body: { code: 'FREESHIP' },
      status: 200,
      is: { 'coupon.code': 'FREESHIP' },
    },
    { name: 'Take the code away', send: 'DELETE /api/cart/coupon', as: 'user', status: 204 },
    {
      name: 'Share it',
      send: 'POST /api/cart/share',
      as: 'user',
      status: 201,
      has: ['token', 'expires_at'],
      keep: { share_token: 'token' },
    },
    {
      name: 'What it costs in Germany',
      send: 'GET /api/cart?country=Germany',
      as: 'user',
      status: 200,
      after: [`pm.test('has a tax', () => pm.expect(body.quote.tax).to.be.above(0))`],
      about: 'Without a country the quote is for the user’s default address, else for the default zone.',
    },
    {
      name: 'What it costs by express',
      send: 'GET /api/cart?country=Germany&shipping_option=express',
      as: 'user',
      status: 200,
      is: { 'quote.shipping_option': 'express' },
      after: [
        `pm.test('lists the options', () => pm.expect(body.quote.shipping_options.map(({ option }) => option)).to.include('standard'))`,
      ],
      about: 'An order with this address and this `shipping_option` costs as much.',
    },
    {
      name: 'A guest begins a cart',
      send: 'POST /api/cart/items',
      body: { product_id: '{{product_id}}', quantity: 1 },
      status: 201,
      keep: { friends_cart_id: 'cart_id' },
    },
    {
      name: 'The guest copies what is shared',
      send: 'POST /api/cart/shared/{{share_token}}',
      headers: { 'x-cart-id': '{{friends_cart_id}}' },
      status: 200,
      is: { item_count: 2, 'items.0.product_id': '{{product_id}}' },
    },
    { name: 'Take a line out', send: 'DELETE /api/cart/items/{{product_id}}', as: 'user', status: 204 },
    { name: 'Empty the cart', send: 'DELETE /api/cart', as: 'user', status: 204 },
    { name: 'The cart is empty', send: 'GET /api/cart', as: 'user', status: 200, is: { item_count: 0, items: [] } },
  ],
}
