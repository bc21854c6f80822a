import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { initialModel, learn, restore, scoreText, serialize, similarity, sketchOf, waitsFrom } from './domain-spam'

const model = initialModel()
const waits = (text: string, from = model) => scoreText(from, text) >= waitsFrom

const story =
  'We bought this cooler before a trip with two children. The milk stayed cold until the evening, the lid closes well, and the wheels survived a gravel road. The strap came loose on the third day, so I carry it with both hands now. Cleaning takes a minute. '

describe('a text', () => {
  test.each([
    'Absolutely love it, five stars, thank you!!!',
    'WOW!!! JUST WOW!!! AMAZING QUALITY!!!',
    'Check the voltage before you plug it in!',
    'I checked out three other models first, this one wins.',
    'Worst toaster I ever owned!!! Do not buy!!!',
    'See the manual at lenovo.com for the battery trick, after that it works fine.',
    '진짜 최고예요!!! 별 다섯 개!!!',
    '太棒了!!!五星好评!!!',
    'Tuyệt vời!!! 5 sao!!!',
    'ok',
    '👍👍👍',
  ])('is not held up for its enthusiasm or a single word: %s', text => {
    expect(waits(text)).toBeFalse()
  })

  test.each([
    'Ａｄｄ ｍｅ ｏｎ Ｔｅｌｅｇｒａｍ for cheap watches',
    'v i a g r a online no prescription',
    'ch3ap v1agra 0nline, v1sit pills . shop',
    '加 薇 信 abc123 领 红 包',
    '카\u200b톡 아이디 rich77 추가하고 수익 받으세요',
    'ㅋㅏㅌㅗㄱ 상담 대출 당일 가능',
    'K\u0301i\u0301e\u0301\u0302m tiền online, kết bạn Zalo 0912345678',
    'Frее iРhоnе, claim it at bit.ly/abc',
  ])('is known for spam in disguise: %s', text => {
    expect(waits(text)).toBeTrue()
  })

  test('of many honest sentences is honest, and one advertisement in the middle of it is found', () => {
    const long = story.repeat(18).slice(0, 4_500)
    expect(waits(long)).toBeFalse()
    const middle = `${long.slice(0, 2_250)} Make 900 dollars a week with your phone, write to me on WhatsApp +1 202 555 0100. ${long.slice(2_250)}`
    expect(waits(middle)).toBeTrue()
  })

  test('of any characters and length has a score from 0 to 1', () => {
    // Any units, so pairs of them that are no character too.
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map(codes => String.fromCharCode(...codes))
    fc.assert(
      fc.property(units, text => {
        const score = scoreText(model, text)
        return score >= 0 && score <= 1
      }),
    )
    const extremes = [
      '',
      '\ud800',
      '\udc00\ud800'.repeat(2_000),
      '\ufdfa'.repeat(10_000),
      'a'.repeat(1_000_000),
      'x\u0301'.repeat(5_000),
      '\u0000',
      '\u202e'.repeat(10_000),
    ]
    for (const part of ['spam ', '1 ', 'a.', 'a@', '$1,', 'my new ', '好', 'ㅋ', '( ', 'a-', '\n']) extremes.push(part.repeat(10_000))
    for (const text of extremes) {
      expect(scoreText(model, text)).toBeWithin(0, 1)
      expect(scoreText(learn(model, text, true), text)).toBeWithin(0, 1)
      expect(similarity(sketchOf(text), sketchOf(text))).toBeWithin(0, 1.01)
    }
  })

  test('costs no more the longer it is: only its first 6,000 characters are read', () => {
    expect(scoreText(model, story.repeat(10_000))).toBe(scoreText(model, story.repeat(30)))
    expect(sketchOf(story.repeat(10_000))).toEqual(sketchOf(story.repeat(30)))
  })
})

describe('decisions of administrators', () => {
  const kinds = {
    seeds: [
      'Grow giant pumpkins with our heirloom seeds, packets ready for spring planting',
      'Our heirloom pumpkin seeds sprout in a week, packets for spring and autumn',
      'Heirloom tomato and pumpkin seeds, packets posted for spring planting',
      'Giant heirloom pumpkin seeds, ten packets ready for planting this spring',
    ],
    chilli: [
      '우리 동네 태양초 고춧가루 직접 말린 것 나눠요',
      '태양초 고춧가루 올해 햇것 직접 말렸어요 나눠요',
      '직접 말린 태양초 고춧가루 필요하신 분',
      '올해 직접 말린 햇 태양초 고춧가루 나눠요',
    ],
    peaches: [
      '自家果园的阳山水蜜桃,今年特别甜,欢迎预订',
      '阳山水蜜桃自家果园现摘,预订从速',
      '果园现摘阳山水蜜桃,甜过初恋,可预订',
      '今年的阳山水蜜桃现摘,自家果园,可以预订',
    ],
    honey: [
      'Mật ong rừng nguyên chất nhà mình tự lấy ở Gia Lai',
      'Nhà mình tự lấy mật ong rừng Gia Lai nguyên chất',
      'Mật ong rừng Gia Lai tự lấy, nguyên chất không pha',
      'Mật ong rừng nguyên chất Gia Lai nhà mình mới lấy',
    ],
  }
  const usual = [
    'The zip broke after a week, but the refund came quickly.',
    'Great value, my daughter wears it every day!',
    '배송 빠르고 포장도 꼼꼼해요',
    '质量不错,物流也快',
    'Hàng đẹp, giao nhanh, sẽ mua lại',
  ]
  const known = [
    'Earn $500 a day from home, contact me on WhatsApp +1 202 555 0187',
    '카톡 아이디 money77 추가하고 하루 50만원 수익',
    '加微信 vip8866 日赚五百',
    'Kiếm tiền online 500k/ngày, kết bạn Zalo 0905555123',
  ]

  test.each(Object.entries(kinds))(
    'that reject three texts of a new kind make the next one wait: %s',
    (_, [first = '', second = '', third = '', next = '']) => {
      expect(waits(next)).toBeFalse()
      const taught = [first, second, third].reduce((before, text) => learn(before, text, true), model)
      expect(waits(next, taught)).toBeTrue()
      expect(usual.filter(text => waits(text, taught))).toEqual([])
    },
  )

  test('that approve a kind of text let it through in the end', () => {
    const text = 'The link in the leaflet, click it, opens the video manual at pumpkinpress.shop'
    expect(waits(text)).toBeTrue()
    const taught = Array.from({ length: 6 }).reduce<typeof model>(before => learn(before, text, false), model)
    expect(waits(text, taught)).toBeFalse()
    expect(known.filter(one => !waits(one, taught))).toEqual([])
  })

  test('change the model little when one is wrong', () => {
    for (const text of [...usual, 'Good', '좋아요', '好', story.repeat(15)]) {
      const mistaken = learn(model, text, true)
      expect(usual.filter(one => one !== text && waits(one, mistaken))).toEqual([])
      expect(known.filter(one => !waits(one, mistaken))).toEqual([])
    }
    for (const text of known) {
      const mistaken = learn(model, text, false)
      expect(known.filter(one => !waits(one, mistaken))).toEqual([])
    }
    expect(waits('Good', learn(model, 'Good', true))).toBeFalse()
  })

  test('leave the model as it was before for others who still hold it', () => {
    const before = scoreText(model, known[0]!)
    learn(model, known[0]!, false)
    expect(scoreText(model, known[0]!)).toBe(before)
    expect(scoreText(initialModel(), known[0]!)).toBe(before)
  })

  test('are bounded however often they are repeated, and are undone by as many others', () => {
    const often = Array.from({ length: 300 }).reduce<typeof model>(before => learn(before, usual[0]!, true), model)
    expect(scoreText(often, usual[0]!)).toBeWithin(0.5, 1)
    expect(known.filter(one => !waits(one, often))).toEqual([])
    const back = Array.from({ length: 30 }).reduce<typeof model>(before => learn(before, usual[0]!, false), often)
    expect(waits(usual[0]!, back)).toBeFalse()
  })

  test('are kept in less than 100 kB, without loss', () => {
    const taught = kinds.seeds.reduce((before, text) => learn(before, text, true), model)
    const kept = serialize(taught)
    expect(kept.byteLength).toBeLessThan(100_000)
    for (const text of [...usual, ...known, ...kinds.seeds]) expect(scoreText(restore(kept), text)).toBe(scoreText(taught, text))
    // As a driver hands it out: a view of a larger buffer.
    const larger = Buffer.concat([Buffer.from('before'), kept, Buffer.from('after')])
    expect(serialize(restore(larger.subarray(6, 6 + kept.length)))).toEqual(kept)
  })

  test('that another version kept are forgotten, not misread', () => {
    for (const bytes of [new Uint8Array(), new Uint8Array(40_000), Uint8Array.from([9, ...serialize(model).slice(1)])])
      expect(serialize(restore(bytes))).toEqual(serialize(model))
    const kept = serialize(learn(model, kinds.seeds[0]!, true))
    for (const bytes of [kept.slice(0, -1), Uint8Array.from([9, ...kept.slice(1)])])
      expect(serialize(restore(bytes))).toEqual(serialize(model))
  })
})
