import { describe, expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import fc from 'fast-check'
import { problemResponse, toAppError } from './http/problem'
import { cursorAfter, decodeCursor, encodeCursor, newestFirst, PageQuery, page, pageOf } from './page'
import { t } from './schema'

const numbers = Array.from({ length: 25 }, (_, n) => n)
const app = new Elysia({ normalize: false })
  .onError(({ error, code }) => problemResponse(toAppError(error, code), {}))
  .get(
    '/numbers',
    ({ query }) =>
      page({ items: numbers.slice(query.skip, query.skip + query.limit), total: numbers.length, nextCursor: query.cursor }, query, n => ({
        n,
      })),
    { query: PageQuery, response: pageOf(t.Object({ n: t.Integer() })) },
  )
const ask = async (query: string) => {
  const response = await app.handle(new Request(`http://localhost/numbers?${query}`))
  return { status: response.status, body: await response.json() }
}

describe('the query of a list', () => {
  test('starts at 0 with 20 items by default', async () => {
    expect((await ask('')).body).toMatchObject({ items: numbers.slice(0, 20).map(n => ({ n })), total: 25, skip: 0, limit: 20 })
    expect((await ask('skip=23&limit=100')).body).toEqual({ items: [{ n: 23 }, { n: 24 }], total: 25, skip: 23, limit: 100 })
    expect((await ask('skip=10000&limit=1')).body).toEqual({ items: [], total: 25, skip: 10_000, limit: 1 })
    expect((await ask('cursor=abc')).body).toMatchObject({ next_cursor: 'abc' })
  })

  const hostile = [
    '-1',
    '1.5',
    '1e3',
    '0x10',
    'NaN',
    '',
    '%20',
    '%00',
    'Infinity',
    'null',
    'true',
    '[1]',
    '1,2',
    '%2B5',
    '１',
    'a',
    '9'.repeat(400),
  ]
  test.each(hostile.flatMap(text => [`skip=${text}`, `limit=${text}`]))('%s is 400', async query => {
    const { status, body } = await ask(query)
    expect([status, body.code]).toEqual([400, 'invalid_input'])
  })
  test.each(['limit=0', 'limit=101', 'cursor=', `cursor=${'a'.repeat(2000)}`, 'offset=1', 'skip[]=1'])('%s is 400', async query => {
    expect((await ask(query)).status).toBe(400)
  })
  test('with a skip over 10,000 is refused in favour of the cursor', async () => {
    for (const skip of ['10001', String(Number.MAX_SAFE_INTEGER)])
      expect(await ask(`skip=${skip}`)).toMatchObject({ status: 400, body: { code: 'use_cursor' } })
  })
})

test('a total stops at 10,000 and says so', () => {
  const query = { skip: 0, limit: 20 }
  expect(page({ items: [], total: 10_001 }, query, n => n)).toEqual({ items: [], total: 10_000, total_capped: true, ...query })
  expect(page({ items: [], total: 10_000 }, query, n => n)).toEqual({ items: [], total: 10_000, ...query })
})

describe('a cursor', () => {
  const shape = t.Tuple([t.Union([t.String(), t.Null()]), t.Number()])

  test('is read as the keys that it was made of', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ unit: 'grapheme' })), fc.double({ noNaN: true, noDefaultInfinity: true }), (text, number) => {
        const cursor = encodeCursor([text, number])
        expect(cursor).toMatch(/^[\w-]+$/)
        expect(decodeCursor(cursor, shape)).toEqual([text, number === 0 ? 0 : number])
      }),
      { numRuns: 1000 },
    )
  })
  test('of another shape, or tampered with, is 400', () => {
    const good = encodeCursor(['a', 1])
    const wrong = [[], ['a'], ['a', '1'], ['a', 1, 2], [1, 1], 5, { 0: 'a', 1: 1, length: 2 }].map(keys =>
      Buffer.from(JSON.stringify(keys)).toString('base64url'),
    )
    for (const cursor of ['', 'x', 'null', `${good}=`, ` ${good}`, `${good}A`, good.slice(1), '%', '\0', ...wrong])
      expect(() => decodeCursor(cursor, shape)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'invalid_cursor' }))
  })
  test('may be any text: what is no cursor is 400', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map(text => Buffer.from(text).toString('base64url')),
        ),
        cursor => {
          try {
            expect(encodeCursor(decodeCursor(cursor, shape))).toBe(cursor)
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid_cursor' })
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
  test('follows a full page, and not the last one', () => {
    const keys = (row: { id: number }) => [row.id]
    expect(cursorAfter([{ id: 1 }, { id: 2 }], 2, keys)).toBe(encodeCursor([2]))
    expect(cursorAfter([{ id: 1 }], 2, keys)).toBeUndefined()
    expect(cursorAfter([], 2, keys)).toBeUndefined()
  })
})

describe('a list by descending id', () => {
  test('begins at its newest row, past what is skipped, or below the cursor’s id', () => {
    expect(newestFirst({ skip: 7 })).toEqual({ skip: 7 })
    expect(newestFirst({ skip: 7, cursor: encodeCursor([40]) })).toEqual({ below: 40, skip: 0 })
  })
  test.each([[0], [-1], [1.5], [1e300], ['1']])('has no cursor of %p', id => {
    expect(() => newestFirst({ skip: 0, cursor: encodeCursor([id]) })).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
  })
})
