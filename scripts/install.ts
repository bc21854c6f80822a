import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The project's folder. */
export const root = resolve(import.meta.dir, '..')

const lock = join(root, 'bun.lock')
const stamp = join(root, 'node_modules/.lock-hash')

/** Installs the npm packages of the lock file. This file imports built-in modules only: on a fresh machine there are no others. */
export async function installPackages(report: (line: string) => void) {
  // An image has its packages, and no lock file.
  if (!existsSync(lock)) return
  const hash = Bun.hash(readFileSync(lock)).toString(36)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  report('installing the npm packages of bun.lock')
  const installed = Bun.spawn([process.execPath, 'install', '--frozen-lockfile'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, code] = await Promise.all([new Response(installed.stderr).text(), installed.exited])
  if (code !== 0) throw new Error(`bun install failed:\n${output.trim()}`)
  writeFileSync(stamp, hash)
}
