import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The project's folder, whatever the current one is. */
export const root = resolve(import.meta.dir, '..')

const stamp = join(root, 'node_modules/.lock-hash')

/** The npm packages of the lock file. Built-ins only up to here: on a fresh machine there is nothing else. */
export async function installPackages(report: (line: string) => void) {
  const hash = Bun.hash(readFileSync(join(root, 'bun.lock'))).toString(36)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  report('installing the npm packages of bun.lock')
  const installed = Bun.spawn([process.execPath, 'install', '--frozen-lockfile'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [said, code] = await Promise.all([new Response(installed.stderr).text(), installed.exited])
  if (code !== 0) throw new Error(`bun install failed:\n${said.trim()}`)
  writeFileSync(stamp, hash)
}
