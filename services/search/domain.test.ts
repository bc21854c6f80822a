import { describe, expect, test } from 'bun:test'
import { synonymsOf } from './domain-keyword'
import { usualSynonyms } from './domain-synonyms'
import { catalog, product, productId } from './testing-catalog'

describe('a keyword finds', () => {
  const shop = catalog(
    'Studio headphones',
    'Silent keyboard',
    'Smart watch',
    'USB-C charger',
    'Cotton T-shirt',
    'Giày thể thao nam',
    'Áo khoác đen',
    '블루투스 이어폰',
    '무선마우스',
    '27인치 모니터',
    '蓝牙降噪耳机',
    '防水运动手表',
    'ヘッドホン スタンド',
    product('Nimbus', { sku: 'NB-14-512' }),
  )
  test.each([
    ['the word itself', 'headphones', 'Studio headphones'],
    ['the beginning of a word', 'keyb', 'Silent keyboard'],
    ['the singular', 'headphone', 'Studio headphones'],
    ['the plural', 'watches', 'Smart watch'],
    ['a letter missing', 'hedphones', 'Studio headphones'],
    ['two letters swapped', 'kyeboard', 'Silent keyboard'],
    ['two typos in a long word', 'haedphnes', 'Studio headphones'],
    ['a wrong first letter', 'jeyboard', 'Silent keyboard'],
    ['a beginning with a typo', 'keybosr', 'Silent keyboard'],
    ['two words for one', 'head phones', 'Studio headphones'],
    ['one word for two', 'smartwatch', 'Smart watch'],
    ['a word without its hyphen', 'tshirt', 'Cotton T-shirt'],
    ['another case', 'uSb-C', 'USB-C charger'],
    ['full-width letters', 'ＵＳＢ', 'USB-C charger'],
    ['Vietnamese with marks', 'giày', 'Giày thể thao nam'],
    ['Vietnamese without marks', 'giay the thao', 'Giày thể thao nam'],
    ['đ written as d', 'ao khoac den', 'Áo khoác đen'],
    ['Vietnamese in decomposed form', 'giày'.normalize('NFD'), 'Giày thể thao nam'],
    ['Korean', '블루투스', '블루투스 이어폰'],
    ['Korean with a particle', '이어폰을', '블루투스 이어폰'],
    ['Korean written together', '블루투스이어폰', '블루투스 이어폰'],
    ['Korean written apart', '무선 마우스', '무선마우스'],
    ['Korean with a typo', '모너터', '27인치 모니터'],
    ['Korean in decomposed form', '이어폰'.normalize('NFD'), '블루투스 이어폰'],
    ['Chinese', '耳机', '蓝牙降噪耳机'],
    ['Chinese in another order', '降噪蓝牙耳机', '蓝牙降噪耳机'],
    ['Chinese with a wrong character', '蓝芽耳机', '蓝牙降噪耳机'],
    ['a single character of a name', '表', '防水运动手表'],
    ['kana', 'ヘッドホン', 'ヘッドホン スタンド'],
    ['a SKU', 'nb-14-512', 'Nimbus'],
    ['a SKU without its hyphens', 'NB14512', 'Nimbus'],
  ])('%s', (_, keyword, name) => {
    expect(shop.find(keyword)[0]).toBe(name)
  })

  test('nothing for what the catalog does not have', () => {
    for (const keyword of ['zzzzzz', '!!!', '...', '\u202e', 'qq']) expect(shop.find(keyword)).toEqual([])
  })
  test('everything when there is none', () => expect(shop.ask('  ').total).toBe(14))
  test('and says what it was taken for', () => {
    expect(shop.ask('hedphones').corrected).toBe('headphones')
    expect(shop.ask('smartwatch').corrected).toBe('smart watch')
    expect(shop.ask('headphones').corrected).toBeUndefined()
  })
})

describe('a keyword is found whole', () => {
  const shop = catalog('Studio headphones', 'Desk lamp', 'Coffee filter', 'Red filler', '블루투스 이어폰')
  test.each(['headphones', 'headphone', 'lam', 'studio head', 'lamp desk', 'the desk lamp', '이어폰'])('%s', keyword => {
    expect(shop.ask(keyword)).toMatchObject({ total: 1, whole: true })
  })
  test('with synonyms, too', () => {
    shop.index.useSynonyms(synonymsOf([['lamp', 'luminaire']]))
    expect(shop.ask('desk luminaire').whole).toBe(true)
  })
  test.each([
    ['a word that no product has', 'headphones evil.com'],
    ['words of different products', 'red lamp'],
    ['a word that is corrected', 'hedphones'],
    ['a word that is corrected beside another', 'studio hedphones'],
    ['a word that is taken for another', 'coffee filler'],
    ['more words than are searched for', `desk lamp ${'desk '.repeat(60)}`],
    ['no word', '!!!'],
  ])('but not with %s', (_, keyword) => expect(shop.ask(keyword).whole).toBe(false))
})

describe('the order of relevance', () => {
  test('goes by words, then typos, then the field, then the spelling, then stock, then popularity', () => {
    const shop = catalog(
      product('Desk', { description: 'for a lamp' }),
      product('Desk lamp', { available: 0, id: productId(901) }),
      product('Desk lamp', { popularity: 50, id: productId(900) }),
      'Lamp for a desk',
      'Desk clamp',
    )
    expect(
      shop
        .ask('desk lamp')
        .hits.slice(0, 2)
        .map(({ id }) => id),
    ).toEqual([productId(900), productId(901)])
    expect(shop.find('desk lamp').slice(2)).toEqual(['Lamp for a desk', 'Desk'])
  })
  test('puts marks as they were typed first', () => {
    const shop = catalog('Áo ma', 'Áo mã', 'Áo má')
    expect(shop.find('mã')[0]).toBe('Áo mã')
    expect(shop.find('má')[0]).toBe('Áo má')
  })
  test('puts other marks behind, where some were typed', () => {
    const shop = catalog('Bút đen', product('Cái đèn', { description: 'bàn' }))
    expect(shop.find('đèn')).toEqual(['Cái đèn', 'Bút đen'])
    expect(shop.find('den').sort()).toEqual(['Bút đen', 'Cái đèn'])
  })
  test('between equals, the shorter name comes first', () => {
    const shop = catalog('Oak chair with arms and a cushion', 'Oak chair')
    expect(shop.find('oak')).toEqual(['Oak chair', 'Oak chair with arms and a cushion'])
  })
  test('prefers the thing itself to what belongs to it', () => {
    const shop = catalog(
      product('Laptop stand', { category: 'Accessories' }),
      product('Nimbus 14 laptop', { category: 'Laptops' }),
      'Laptopia board game',
    )
    expect(shop.find('laptop')).toEqual(['Nimbus 14 laptop', 'Laptop stand', 'Laptopia board game'])
  })
  test('falls back to the products with the most words, the rarer word first', () => {
    const shop = catalog('Red kettle', 'Red scarf', 'Red mug', 'Blue kettle')
    expect(shop.find('red kettle violet')).toEqual(['Red kettle'])
    expect(shop.find('green kettle red scarf')).toEqual(['Red scarf', 'Red kettle'])
  })
})

test('synonyms find each other, across languages and as phrases', () => {
  const shop = catalog('Corner sofa', 'Nimbus 14 laptop', 'Aurora smartphone')
  shop.index.useSynonyms(synonymsOf(usualSynonyms))
  expect(shop.find('couch')).toEqual(['Corner sofa'])
  expect(shop.find('노트북')).toEqual(['Nimbus 14 laptop'])
  expect(shop.find('máy tính xách tay')).toEqual(['Nimbus 14 laptop'])
  expect(shop.find('cell phone')).toEqual(['Aurora smartphone'])
})

describe('filters and facets', () => {
  const audio = [productId(0xa), productId(0xb)]
  const shop = catalog(
    product('Cup one', { price: 4, category_ids: audio, category: 'Audio', tags: ['new'], rating: 4.5, ratings: 3 }),
    product('Cup two', { price: 40, category_ids: [productId(0xa)], category: 'Electronics', available: 0 }),
    product('Cup three', { price: 400, tags: ['new', 'sale'] }),
  )
  test.each([
    ['category with its descendants', { category: productId(0xa) }, ['Cup one', 'Cup two']],
    ['price from', { min_price: 40 }, ['Cup three', 'Cup two']],
    ['price to', { max_price: 40 }, ['Cup one', 'Cup two']],
    ['stock', { in_stock: true }, ['Cup one', 'Cup three']],
    ['no stock', { in_stock: false }, ['Cup two']],
    ['tag', { tag: 'new' }, ['Cup one', 'Cup three']],
    ['rating', { min_rating: 4 }, ['Cup one']],
    ['an unknown category', { category: '-' }, []],
  ])('by %s', (_, filters, names) => {
    expect(shop.find('cup', { filters, sort: 'name' }).sort()).toEqual(names)
  })
  test('facets count what the other filters let through', () => {
    const { facets, total } = shop.ask('cup', { filters: { tag: 'new' } })
    expect(total).toBe(2)
    expect(facets.tags).toEqual([
      { tag: 'new', count: 2 },
      { tag: 'sale', count: 1 },
    ])
    expect(facets.categories).toContainEqual({ id: productId(0xb), count: 1 })
    expect(facets.prices).toEqual([
      { from: 2, to: 5, count: 1 },
      { from: 200, to: 500, count: 1 },
    ])
    expect(facets.ratings[0]).toEqual({ min: 4, count: 1 })
  })
  test('the prices have a currency where all that is found has the same', () => {
    const { index, ask } = catalog(product('Cup', { currency: 'KRW' }), product('Blue cup', { currency: 'KRW' }), product('Plate'))
    expect(ask('cup').facets.currency).toBe('KRW')
    expect(ask('').facets.currency).toBeUndefined()
    const third = product('Red cup')
    index.apply({ kind: 'put', product: third })
    expect(ask('cup').facets.currency).toBeUndefined()
    index.apply({ kind: 'remove', id: third.id })
    expect(ask('cup').facets.currency).toBe('KRW')
  })
  test.each([
    ['price', ['Cup one', 'Cup two', 'Cup three']],
    ['-price', ['Cup three', 'Cup two', 'Cup one']],
    ['name', ['Cup one', 'Cup three', 'Cup two']],
    ['-created_at', ['Cup three', 'Cup two', 'Cup one']],
  ] as const)('sorted by %s', (sort, names) => {
    expect(shop.find('cup', { sort })).toEqual([...names])
    expect(shop.find('cup', { sort, skip: 1, limit: 1 })).toEqual(names.slice(1, 2))
  })
})
