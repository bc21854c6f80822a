import { afterAll, describe, expect, test } from 'bun:test'
import { testSql } from '#shared/testing'
import { soldLinesColumn, type TaxDb } from './database'
import * as migrations from './migrations'

const isEarlier = ([name]: readonly [string, unknown]) => name < '_007'
const stores = await testSql<TaxDb>({ migrations: Object.fromEntries(Object.entries(migrations).filter(isEarlier)), service: 'tax' })
afterAll(() => stores.drop())

describe('the database of an earlier release', () => {
  const { db } = stores.sql
  const line = { rate_ppm: 0, net: 100, tax: 0 }
  const entry = { ...line, kind: 'sale' as const, at: new Date(0), currency: 'EUR' }

  test('gets the rates of each class and the corrected one, keeps what an administrator set, and loses what was typed for a region', async () => {
    await db.deleteFrom('rates').execute()
    const seeded = { country: 'VN', valid_from: '2025-07-01', source: 'Law on Value-Added Tax No. 48/2024/QH15' }
    await db
      .insertInto('rates')
      .values({ ...seeded, category: 'standard', rate_ppm: 100_000 })
      .execute()
    const own = { country: 'DE', category: 'books', valid_from: '2026-01-01', rate_ppm: 80_000, source: 'our accountant' }
    await db.insertInto('rates').values(own).execute()
    const typed = [
      { ...line, country: 'GERMANY', region: '' },
      { ...line, country: 'DE', region: 'BAVARIA' },
    ]
    await db
      .insertInto('orders')
      .values({ order_id: 1, currency: 'EUR', total: 200, lines: soldLinesColumn.write(typed) })
      .execute()
    await db
      .insertInto('orders')
      .values({ order_id: 2, paid_at: new Date(0) })
      .execute()
    await db
      .insertInto('entries')
      .values([
        { ...entry, order_id: 1, entry: 0, country: 'DE', region: 'BAVARIA' },
        { ...entry, order_id: 1, entry: 1, country: 'US', region: 'CA' },
      ])
      .execute()

    await stores.open({ migrations })

    const rates = await db.selectFrom('rates').selectAll().execute()
    const found = (country: string, category: string) =>
      rates.filter(row => row.country === country && row.category === category).map(row => [row.valid_from, row.valid_to, row.rate_ppm])
    expect(found('VN', 'standard')).toEqual([
      ['2025-07-01', '2027-01-01', 80_000],
      ['2027-01-01', null, 100_000],
    ])
    expect(found('DE', 'books')).toEqual([['2026-01-01', null, 80_000]])
    expect(found('GB', 'books')).toEqual([['2026-01-01', null, 0]])
    const entries = await db.selectFrom('entries').select('region').orderBy('entry').execute()
    expect(entries.map(({ region }) => region)).toEqual(['', 'CA'])
    const { lines } = await db.selectFrom('orders').select('lines').where('order_id', '=', 1).executeTakeFirstOrThrow()
    expect(soldLinesColumn.read(lines ?? '').map(({ country, region }) => [country, region])).toEqual([
      ['', ''],
      ['DE', ''],
    ])
  })
})
