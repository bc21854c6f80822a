import { describe, expect, test } from 'bun:test'
import { batchingLoader } from './batching-loader'

const recorded = () => {
  const queries: string[][] = []
  const load = batchingLoader(async ids => {
    queries.push([...ids])
    if (ids.includes('broken')) throw new Error('the database is down')
    return new Map(ids.filter(id => id !== 'absent').map(id => [id, `${id} from query ${queries.length}`]))
  })
  return { queries, load }
}

describe('a batching loader', () => {
  test('reads what is requested at the same time with one query, and each id once', async () => {
    const { queries, load } = recorded()
    const rows = await Promise.all(['lamp', 'chair', 'lamp', 'absent'].map(load))
    expect(queries).toEqual([['lamp', 'chair', 'absent']])
    expect(rows).toEqual(['lamp from query 1', 'chair from query 1', 'lamp from query 1', undefined])
  })

  test('starts a new query for a request that comes while one is running', async () => {
    const { queries, load } = recorded()
    const first = load('lamp')
    while (queries.length === 0) await new Promise(setImmediate)
    expect(await Promise.all([first, load('lamp')])).toEqual(['lamp from query 1', 'lamp from query 2'])
  })

  test('rejects every request of a query that fails, and starts anew with the next', async () => {
    const { load } = recorded()
    const outcomes = await Promise.allSettled([load('broken'), load('lamp')])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await load('lamp')).toBe('lamp from query 2')
  })
})
