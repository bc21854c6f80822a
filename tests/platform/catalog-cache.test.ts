import { expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { gateway } from './operations'

test('while one request renews an answer about the catalog, others get the one before it from the gateway', async () => {
  for (const path of ['/api/products/507f1f77bcf86cd799439011', '/api/products?limit=3', '/api/categories']) {
    const seen = new Set<string | null>()
    await eventually(
      async () => {
        const answers = await Promise.all([fetch(`${gateway}${path}`), fetch(`${gateway}${path}`)])
        for (const answer of answers) seen.add(answer.headers.get('x-cache'))
        await Promise.all(answers.map(answer => answer.text()))
        return seen.has('STALE') && seen.has('HIT')
      },
      { everyMs: 100 },
    )
    expect(seen).toContain('STALE')
  }
})
