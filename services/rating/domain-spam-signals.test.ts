import { describe, expect, test } from 'bun:test'
import { assess, initialModel, type Signals, scoreText, similarity, sketchOf } from './domain-spam'

describe('a sketch', () => {
  const close = (a: string, b: string) => similarity(sketchOf(a), sketchOf(b))

  test('is the same for the same words in other case, width, spaces, accents and signs', () => {
    expect(close('This blender is wonderful, I use it daily', '  THIS  blender is—WONDERFUL!! i use it daily')).toBe(1)
    expect(close('This blender is wonderful', 'Ｔｈｉｓ ｂｌｅｎｄｅｒ ｉｓ ｗｏｎｄｅｒｆｕｌ')).toBe(1)
    expect(close('Hàng đẹp, giao nhanh lắm', 'hang dep giao nhanh lam')).toBe(1)
    expect(close('배송이 정말 빠르고 좋아요', '배송이정말빠르고좋아요!!')).toBe(1)
    expect(close('这个耳机真的非常好用,我每天都在用', '这个耳机真的非常好用，我每天都在用。')).toBe(1)
    expect(close('Great раn, bought it for my mother', 'great pan bought it for my mother')).toBe(1)
  })
  test('is close for a text with a word exchanged, and far for another', () => {
    const text = 'This blender is wonderful, I use it every single day for soup and smoothies'
    expect(close(text, text.replace('soup', 'juice'))).toBeGreaterThan(0.7)
    expect(close(text, 'The kettle broke after two weeks and nobody answered my letters')).toBeLessThan(0.2)
    expect(close('这个耳机真的非常好用,我每天上下班都在用,推荐', '这个耳机真的非常好用,我每天上下班都用,推荐')).toBeGreaterThan(0.6)
    expect(close('이 이어폰 정말 좋아요 매일 출퇴근할 때 써요', '포장이 찢어져서 왔고 색도 달라요')).toBeLessThan(0.2)
  })
  test('of a text without a letter is like no other', () => {
    expect(close('!!!', '!!!')).toBe(0)
    expect(close('', 'good')).toBe(0)
    expect(close('ok', 'OK')).toBe(1)
  })
})

describe('what is known beside the text', () => {
  const quiet: Signals = {
    account_age_hours: 200,
    reviews_last_hour: 0,
    product_first_reviews_today: 2,
    near_duplicate: 0,
    links: 0,
    five_star_share: 0,
    verified_purchase: false,
  }
  const decide = (textScore: number, signals: Partial<Signals> = {}) => assess({ textScore, signals: { ...quiet, ...signals } })

  test('lets the honest five-star review of a new customer through', () => {
    const textScore = scoreText(initialModel(), 'Arrived yesterday, looks great and works. Five stars!')
    expect(decide(textScore, { account_age_hours: 0, five_star_share: 1 }).waits).toBeFalse()
  })
  test('is not needed to hold up a text that is spam', () => {
    expect(decide(0.6).waits).toBeTrue()
    expect(decide(0.4).waits).toBeFalse()
  })
  test('counts a verified purchase for the author, but never silences a text that is surely spam', () => {
    expect(decide(0.6, { verified_purchase: true }).waits).toBeFalse()
    expect(decide(0.95, { verified_purchase: true, account_age_hours: 10_000 }).waits).toBeTrue()
    expect(decide(0.6, { verified_purchase: true }).score).toBeLessThan(decide(0.6).score)
  })
  test('holds up the same text from several accounts, and a burst that no person types', () => {
    expect(decide(0.1, { near_duplicate: 0.95 }).waits).toBeTrue()
    expect(decide(0.1, { near_duplicate: 0.4 }).waits).toBeFalse()
    expect(decide(0.1, { reviews_last_hour: 9 }).waits).toBeTrue()
    expect(decide(0.1, { reviews_last_hour: 2 }).waits).toBeFalse()
  })
  test('holds up an honest text only where several signs agree', () => {
    expect(decide(0.15, { product_first_reviews_today: 60 }).waits).toBeFalse()
    expect(decide(0.15, { links: 1 }).waits).toBeFalse()
    expect(decide(0.15, { product_first_reviews_today: 60, account_age_hours: 0, five_star_share: 1 }).waits).toBeTrue()
  })
  test('is named with its value and its weight, and the weights add up to the score', () => {
    const { score, signals } = decide(0.3, { links: 2, verified_purchase: true, account_age_hours: 0.5 })
    expect(signals.map(({ name }) => name).sort()).toEqual([...Object.keys(quiet), 'text'].sort())
    const links = signals.find(({ name }) => name === 'links')
    expect(links?.value).toBe(2)
    expect(links?.weight).toBeCloseTo(0.9, 10)
    expect(signals.find(({ name }) => name === 'verified_purchase')).toMatchObject({ value: 1, weight: -1 })
    const sum = signals.reduce((total, { weight }) => total + weight, 0)
    expect(score).toBeCloseTo(1 / (1 + Math.exp(-sum)), 10)
  })
  test('only ever adds to the score as a sign of spam grows', () => {
    const grows = (name: keyof Signals, values: number[]) => {
      const scores = values.map(value => decide(0.3, { [name]: value }).score)
      expect(scores).toEqual([...scores].sort((a, b) => a - b))
    }
    grows('reviews_last_hour', [0, 1, 2, 3, 5, 8, 50, 1e9])
    grows('product_first_reviews_today', [0, 1, 5, 10, 100, 1e9])
    grows('near_duplicate', [0, 0.3, 0.5, 0.7, 1])
    grows('links', [0, 1, 2, 5, 1e9])
    grows('five_star_share', [0, 0.5, 0.9, 1])
    grows('account_age_hours', [1e9, 800, 100, 20, 0.5, 0])
  })
})
