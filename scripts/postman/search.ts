import type { Folder } from './request'

export const search: Folder = {
  name: 'Search',
  about: 'Full text with typos, word beginnings and four languages; facets, suggestions, and what others search for.',
  requests: [
    {
      name: 'By words',
      send: 'GET /api/search?keyword=laptop&in_stock=true',
      until: 'body.total > 0',
      status: 200,
      has: ['items', 'total', 'facets'],
      after: [`pm.test('a laptop comes first', () => pm.expect(body.items[0].name.toLowerCase()).to.include('laptop'))`],
    },
    {
      name: 'With typos',
      send: 'GET /api/search?keyword=hedphones',
      status: 200,
      is: { corrected: 'headphones' },
      after: [`pm.test('something is found', () => pm.expect(body.total).to.be.above(0))`],
    },
    {
      name: 'In a category, by price',
      send: 'GET /api/search?category=Electronics&sort=price&limit=5',
      status: 200,
      after: [
        `const prices = body.items.map(item => item.price)`,
        `pm.test('the cheapest comes first', () => pm.expect(prices).to.eql([...prices].sort((a, b) => a - b)))`,
      ],
    },
    {
      name: 'Why in this order',
      send: 'GET /api/search?keyword=laptop&explain=true',
      as: 'admin',
      status: 200,
      after: [`pm.test('the rules are shown', () => pm.expect(body.items[0].explain).to.include({ words: 1, typos: 0 }))`],
    },
    {
      name: 'Suggestions while typing',
      send: 'GET /api/search/suggestions?q=head',
      status: 200,
      after: [`pm.test('headphones is among them', () => pm.expect(body.items.map(item => item.text)).to.include('headphones'))`],
    },
    { name: 'What others search for', send: 'GET /api/search/trending', status: 200, has: ['items'] },
    { name: 'Synonyms', send: 'GET /api/search/synonyms', as: 'admin', status: 200, has: ['groups'] },
    {
      name: 'Change the synonyms',
      send: 'PUT /api/search/synonyms',
      as: 'admin',
      body: {
        groups: [
          ['laptop', 'notebook computer', '노트북', '笔记本电脑', 'máy tính xách tay'],
          ['sofa', 'couch'],
        ],
      },
      status: 200,
    },
    {
      name: 'Find by a synonym',
      send: 'GET /api/search?keyword=notebook%20computer',
      until: 'body.total > 0',
      status: 200,
    },
    { name: 'Make the index anew', send: 'POST /api/search/reindex', as: 'admin', status: 202, has: ['state'] },
    {
      name: 'How far it is',
      send: 'GET /api/search/reindex',
      as: 'admin',
      until: `body.state === 'done'`,
      status: 200,
      is: { state: 'done' },
    },
    {
      name: 'What goes with a product',
      send: 'GET /api/recommendations/product/507f1f77bcf86cd799439011',
      until: 'body.items.length > 0',
      status: 200,
      has: ['items'],
      after: [
        `pm.test('each says why', () => body.items.forEach(item => pm.expect(item.reason).to.be.a('string')))`,
        `pm.test('the product itself is not among them', () => pm.expect(body.items.map(item => item.id)).to.not.include('507f1f77bcf86cd799439011'))`,
      ],
    },
    {
      name: 'What goes with a cart',
      send: 'GET /api/recommendations/cart?product_ids=507f1f77bcf86cd799439011,507f1f77bcf86cd799439102&limit=4',
      status: 200,
      has: ['items'],
    },
    {
      name: 'I look at a product',
      send: 'POST /api/search/views',
      as: 'user',
      body: { product_id: '507f1f77bcf86cd799439104' },
      status: 204,
    },
    {
      name: 'Recommended to me',
      send: 'GET /api/recommendations/me',
      as: 'user',
      status: 200,
      after: [
        `pm.test('what was just looked at is not among them', () => pm.expect(body.items.map(item => item.id)).to.not.include('507f1f77bcf86cd799439104'))`,
      ],
    },
  ],
}
