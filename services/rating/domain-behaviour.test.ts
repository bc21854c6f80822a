import { describe, expect, test } from 'bun:test'
import { accountAgeHours, bandsOf, habits, linksIn, textOf } from './domain-behaviour'

const now = new Date('2026-01-02T00:00:00Z')
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000)

test.each([
  ['Good sound, and the cable is long.', 0],
  ['Bought at 9.99, arrives in 2.5 days. Nice.', 0],
  ['See https://cheap.example.com/a?b=www.c.com', 1],
  ['www.cheap-watches.com and cheap.shop', 2],
  ['http://a.b http://c.d https://e.f', 3],
])('%s has %d links', (text, count) => {
  expect(linksIn(text)).toBe(count)
})

describe('habits', () => {
  const reviews = (...ratings: number[]) => ratings.map((rating, n) => ({ rating, created_at: ago(n * 0.4) }))
  test('count the reviews of the last hour', () => {
    expect(habits(reviews(5, 4, 3, 2), 5, now).reviews_last_hour).toBe(3)
  })
  test('have a share of five stars only after some reviews', () => {
    expect(habits(reviews(5, 5, 5), 5, now).five_star_share).toBe(0)
    expect(habits(reviews(5, 5, 5, 1), 5, now).five_star_share).toBe(0.8)
  })
})

test('an account is as old as its earliest trace', () => {
  expect(accountAgeHours({ registered_at: ago(48), first_seen_at: ago(1) }, now)).toBe(48)
  expect(accountAgeHours({ first_seen_at: ago(5) }, now)).toBe(5)
  expect(accountAgeHours(null, now)).toBe(0)
})

test('equal parts of two sketches share their band, and only there', () => {
  const sketch = Array.from({ length: 64 }, (_, n) => n * 7919)
  const other = sketch.map((value, n) => (n < 8 ? value : value + 1))
  expect(bandsOf(sketch)).toHaveLength(16)
  expect(bandsOf(other).filter(band => bandsOf(sketch).includes(band))).toHaveLength(2)
  expect(bandsOf([])).toEqual([])
})

test('the text of a review is its title and its comment, as far as it has them', () => {
  expect([textOf({}), textOf({ title: 'A', comment: null }), textOf({ title: 'A', comment: 'B' })]).toEqual(['', 'A', 'A\nB'])
})
