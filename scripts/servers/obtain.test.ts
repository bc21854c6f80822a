import { expect, test } from 'bun:test'
import { missingMessage } from './obtain'

const containers = 'docker compose -f docker-compose.simple.yml up'

test('who lacks a server learns how to install it, to use another, and to do without', () => {
  expect(missingMessage(['redis', 'mongo'], ['--no-install was given, so nothing was installed.'])).toBe(`\
Missing on this machine: Redis, MongoDB.
--no-install was given, so nothing was installed.
You can:
  - install what is missing, for instance: sudo apt-get install redis-server
  - use one of your own: set REDIS_URL, MONGO_URL (in the environment or in .env)
  - run the platform in containers: ${containers}`)
  expect(missingMessage(['nginx', 'chromium'], [])).toContain(containers)
})

test.each([['wrk'], ['chromium']] as const)('containers do not help who lacks %s, which the platform does not need', name => {
  expect(missingMessage([name], [])).not.toContain('docker')
})
