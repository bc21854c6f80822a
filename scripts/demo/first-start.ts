import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settings } from '#shared/config'
import type { Stack } from '../stack'
import { callServices } from './caller'
import { seedDemoWorld } from './world'

interface FirstStart {
  dir: string
  portBase: number
  stack: Pick<Stack, 'servers' | 'secrets'>
  report: (line: string) => void
  signal: AbortSignal
}

/** Fills a new shop while it is open already. With `SEED_DEMO=0`, and in production, nothing is seeded. */
export const seedFirstStart = async ({ dir, portBase, stack, report, signal }: FirstStart): Promise<void> => {
  const done = join(dir, 'demo-world')
  const { integer, optional } = settings()
  if (existsSync(done) || integer('SEED_DEMO', 1) === 0 || optional('NODE_ENV') === 'production') return
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = stack.secrets
  try {
    await seedDemoWorld({ as: callServices(portBase), admin: { email, password }, servers: stack.servers, report, signal })
    writeFileSync(done, '')
  } catch (error) {
    if (!signal.aborted)
      report(`The demo world is not complete: ${error instanceof Error ? error.message : error}. \`bun run seed\` continues it.`)
  }
}
