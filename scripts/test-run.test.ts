import { describe, expect, test } from 'bun:test'
import { selectTests } from './test-run'

describe('a test run', () => {
  test('starts servers and the platform only for tests that need them', () => {
    const { alone, servers, gateway } = selectTests([])
    expect(alone).toContain('tests/checks/house.test.ts')
    expect(servers).toContain('scripts/test-run.test.ts')
    expect(gateway).toContain('tests/platform/journeys.test.ts')
    expect(selectTests(['tests/checks/'])).toEqual({ alone, servers: [], gateway: [] })
  })

  test('takes the files whose path has one of the given parts', () => {
    const expected = { alone: ['tests/checks/house.test.ts'], servers: ['scripts/test-run.test.ts'], gateway: [] }
    expect(selectTests(['./scripts/test-run', 'house'])).toEqual(expected)
    expect(selectTests(['no such file'])).toEqual({ alone: [], servers: [], gateway: [] })
  })
})
