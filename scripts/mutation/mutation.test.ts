import { describe, expect, test } from 'bun:test'
import { pureFiles } from './files'
import { describeChange, failure, type Mutant, resultOf, summary, total } from './report'
import { isMessage } from './skip-messages'

const file = 'services/voucher/domain.ts'
const source = `export const left = (all: number, used: number) =>
  all - used
export const isOpen = ({ until }: { until: Date }, now: Date) =>
  now <
  until
`
const place = (line: number, column: number, endLine: number, endColumn: number) => ({
  start: { line, column },
  end: { line: endLine, column: endColumn },
})
const sign: Mutant = { file, location: place(2, 3, 2, 13), replacement: 'all + used', status: 'Survived' }
const limit: Mutant = { file, location: place(4, 3, 5, 8), replacement: 'now <= until', status: 'Killed' }

describe('the pure files', () => {
  test('are the domains of services, each with the tests beside it that need no server', () => {
    const order = pureFiles([]).find(({ name }) => name === 'order')
    expect(order?.files).toContain('services/order/domain-pricing.ts')
    expect(order?.tests).toContain('services/order/domain-pricing.test.ts')
    expect(order?.tests.filter(one => !one.startsWith('services/order/domain'))).toEqual([])
    expect(pureFiles(['shared/money'])).toEqual([
      { name: 'shared/money.ts', files: ['shared/money.ts'], tests: ['shared/money-shares.test.ts', 'shared/money.test.ts'] },
    ])
  })
  test('are chosen by a part of their path, and tested by all of their service', () => {
    const [chosen, ...others] = pureFiles(['./services/order/domain-pri'])
    expect([chosen?.files, others]).toEqual([['services/order/domain-pricing.ts'], []])
    expect(chosen?.tests).toContain('services/order/domain.test.ts')
    expect(pureFiles(['no such file'])).toEqual([])
  })
  test('include no test and no data', () => {
    const files = pureFiles([]).flatMap(group => group.files)
    expect(files.filter(one => /\.test\.ts$|weights/.test(one))).toEqual([])
  })
})

describe('the report', () => {
  test('names the place and the change that no test noticed', () => {
    const result = resultOf(file, source, [sign, limit, { ...sign, file: 'services/order/domain.ts' }], [])
    expect(result).toMatchObject({ changes: 2, noticed: 1, unnoticed: [`${file}:2  all - used → all + used`] })
    expect(summary(result)).toBe('2 changes, 1 noticed, 50.0 %')
    expect(describeChange(source, limit)).toBe('now < until → now <= until')
  })
  test('counts an endless loop as noticed, and leaves out what Stryker was told to skip', () => {
    const ends = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored'].map(status => ({ ...sign, status }))
    expect(resultOf(file, source, ends, [])).toMatchObject({ changes: 4, noticed: 2 })
  })
  test('leaves out changes that are equal in meaning', () => {
    const listed = [{ file, changes: ['all - used → all + used'], line: 'all - used', reason: 'as an example' }]
    const result = resultOf(file, source, [sign, limit], listed)
    expect(result).toMatchObject({ changes: 1, noticed: 1, equal: 1, unnoticed: [], outdated: [] })
    expect(summary(result)).toBe('1 changes, 1 noticed, 100.0 % (1 more are equal in meaning)')
    expect(failure(result)).toBeUndefined()
  })
  test('refuses a list of them that has what a test notices, what is in another line, or what is gone', () => {
    const listed = [
      { file, changes: ['now < until → now <= until', 'a → b'], reason: 'noticed, and gone' },
      { file, changes: ['all - used → all + used'], line: 'elsewhere', reason: 'in another line' },
    ]
    const result = resultOf(file, source, [sign, limit], listed)
    expect(result).toMatchObject({
      changes: 2,
      equal: 0,
      outdated: listed.flatMap(({ changes }) => changes.map(change => `${file}  ${change}`)),
    })
    expect(failure(result)).toContain('a → b')
  })
  test('fails below nine of ten, over all files', () => {
    const some = (noticed: number, changes: number) => ({ changes, noticed, equal: 0, unnoticed: [], outdated: [] })
    expect(failure(total([some(10, 10), some(8, 10)]))).toBeUndefined()
    expect(failure(total([some(10, 10), some(7, 10)]))).toContain('90 %')
    expect(failure(some(0, 0))).toBeUndefined()
  })
})

test('the words of an error are left as they are, its code is not', () => {
  const argument = (name: string, key: number) =>
    isMessage({ node: { type: 'StringLiteral' }, parent: { type: 'CallExpression', callee: { name } }, listKey: 'arguments', key })
  expect([argument('conflict', 1), argument('AppError', 2), argument('forbidden', 0)]).toEqual([true, true, true])
  expect([argument('conflict', 0), argument('AppError', 1), argument('priceOf', 1)]).toEqual([false, false, false])
  const field = (name: string, key: string) =>
    isMessage({ node: { type: 'TemplateLiteral' }, parent: { type: 'ObjectProperty', key: { name } }, key })
  expect([field('message', 'value'), field('path', 'value'), field('message', 'key')]).toEqual([true, false, false])
})
