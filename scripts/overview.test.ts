import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { overview } from './overview'
import { hasAdministrator, mysqlMasterIn, secretsIn } from './secrets'

test('the administrator’s password is shown at the first start; a later one, when it may be changed, names the file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'overview-'))
  // A backup that is restored into an empty folder makes the password of MySQL alone.
  mysqlMasterIn(dir, {})
  expect(hasAdministrator(dir)).toBe(false)
  const stack = { gateway: 'http://localhost:8080', secrets: secretsIn(dir, {}) }
  expect(hasAdministrator(dir)).toBe(true)
  const { ADMIN_EMAIL, ADMIN_PASSWORD } = stack.secrets
  expect(overview(stack, 1, true)).toContain(`${ADMIN_EMAIL}  ${ADMIN_PASSWORD}\n`)
  const later = overview(stack, 1, false)
  expect(later).toContain(`${ADMIN_EMAIL}  the first password is ADMIN_PASSWORD in `)
  expect(later).not.toContain(ADMIN_PASSWORD)
  rmSync(dir, { recursive: true })
})
