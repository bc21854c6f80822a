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

interface Listed {
  items: { images: string[] }[]
  next_cursor?: string
}
test('the image of every demo product loads through the gateway, and browsers keep it', async () => {
  const paths: string[] = []
  // Other tests have added products of their own.
  for (let after: string | undefined = ''; after !== undefined; ) {
    const { items, next_cursor }: Listed = await (await fetch(`${gateway}/api/products?limit=100${after}`)).json()
    paths.push(...items.flatMap(({ images }) => images).filter(path => path.startsWith('/')))
    after = next_cursor && `&cursor=${next_cursor}`
  }
  expect(paths.length).toBeGreaterThanOrEqual(60)
  for (const path of new Set(paths)) {
    const answer = await fetch(`${gateway}${path}`)
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 200, 'image/svg+xml'])
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect(await answer.text()).toStartWith('<svg ')
  }
})
