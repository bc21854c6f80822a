import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The project's folder. */
export const root = resolve(import.meta.dir, '..')

/**
 * Bun sends requests to this machine to the proxy of HTTP_PROXY, too, unless they are excepted: behind a proxy nothing here would become ready. It reads
 * `no_proxy` before NO_PROXY. What is started from here has the same environment.
 */
const { NO_PROXY, no_proxy } = process.env
const excepting = (list?: string) => [list, '127.0.0.1,localhost,::1'].filter(Boolean).join(',')
Object.assign(process.env, { NO_PROXY: excepting(NO_PROXY || no_proxy), no_proxy: excepting(no_proxy || NO_PROXY) })

const stamp = join(root, 'node_modules/.lock-hash')

/** Of what decides which packages are installed: the lock file and the patches. */
export const packagesHash = (folder: string): string => {
  const patches = [...new Bun.Glob('patches/*').scanSync(folder)].sort()
  return ['bun.lock', ...patches].reduce((hash, file) => Bun.hash(readFileSync(join(folder, file)), BigInt(hash)), 0n).toString(36)
}

/** Throws for a Bun that is older than the one that the project names, as `bun@1.4.5`: it would fail later, at something that it does not know. */
export const requireBun = (present: string, named: string) => {
  const needed = named.replace('bun@', '')
  if (Bun.semver.order(present, needed) < 0)
    throw new Error(
      `This needs Bun ${needed} or newer, and this is Bun ${present}: run \`bun upgrade\`, or begin the command with \`npx -y ${named}\` instead of \`bun\`.`,
    )
}

/** Installs the npm packages of the lock file. This file imports built-in modules only: on a fresh machine there are no others. */
export async function installPackages(report: (line: string) => void) {
  // An image has its packages, and no lock file.
  if (!existsSync(join(root, 'bun.lock'))) return
  requireBun(Bun.version, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager)
  const hash = packagesHash(root)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  report('installing the npm packages of bun.lock')
  const installed = Bun.spawn([process.execPath, 'install', '--frozen-lockfile'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, code] = await Promise.all([new Response(installed.stderr).text(), installed.exited])
  if (code !== 0) throw new Error(`bun install failed:\n${output.trim()}`)
  writeFileSync(stamp, hash)
}
