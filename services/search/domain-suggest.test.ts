import { describe, expect, test } from 'bun:test'
import { highlight } from './domain-highlight'
import { catalog, product, productId } from './testing-catalog'

describe('suggestions', () => {
  const shop = catalog(
    'Headphones one',
    'Headphones two',
    'Headlamp',
    'Giày cao gót',
    'Giày vải',
    '블루투스 스피커',
    '蓝牙音箱',
    '蓝牙耳机',
  )
  test.each([
    ['the most frequent first', 'he', ['headphones', 'headlamp']],
    ['after other words, only what occurs with them', 'headphones tw', ['headphones two']],
    ['Vietnamese with its marks', 'gia', ['giày']],
    ['Korean in the middle of a syllable', '블루ㅌ', ['블루투스']],
    ['Korean by its initials', 'ㅂㄹㅌㅅ', ['블루투스']],
    ['Chinese', '蓝', ['蓝牙']],
    ['Chinese without spaces', '蓝牙耳', ['蓝牙耳机']],
    ['nothing for nothing', ' ', []],
  ])('%s', (_, typed, texts) => {
    expect(shop.index.suggest(typed, 8).map(({ text }) => text)).toEqual(texts)
  })
})

test('similar products share rare words, those of the same category first', () => {
  const [kettle, other] = [[productId(0xd)], [productId(0xe)]]
  const given = [
    product('Gooseneck kettle steel', { category: 'Kettles', category_ids: kettle, tags: ['pour-over'] }),
    product('Gooseneck kettle black', { category: 'Kettles', category_ids: kettle, tags: ['pour-over'] }),
    product('Gooseneck kettle stand', { category: 'Stands', category_ids: other, tags: ['pour-over'] }),
    product('Desk lamp', { category: 'Lamps', category_ids: other }),
  ]
  const shop = catalog(...given)
  expect(shop.index.similarTo(given[0]!, 5).map(({ id, same_category }) => [id, same_category])).toEqual([
    [given[1]!.id, true],
    [given[2]!.id, false],
  ])
})

test('highlights are pieces of the text as it stands', () => {
  const shop = catalog('Wireless <b>Headphones</b>', '무선 블루투스 이어폰')
  const pieces = (keyword: string, text: string) => highlight(text, shop.ask(keyword).matched)
  expect(pieces('hedphones', 'Wireless <b>Headphones</b>')).toEqual([
    { text: 'Wireless <b>', match: false },
    { text: 'Headphones', match: true },
    { text: '</b>', match: false },
  ])
  expect(pieces('이어폰', '무선 블루투스 이어폰')).toEqual([
    { text: '무선 블루투스 ', match: false },
    { text: '이어폰', match: true },
  ])
})
