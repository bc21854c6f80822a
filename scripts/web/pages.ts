import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../install'

/** The three sites, each with the path that the gateway serves it at. */
export const sites = { shop: '/', admin: '/admin/', control: '/control/' } as const
export type Site = keyof typeof sites

export const cache = join(root, '.data/web')
/** Always the newest build. Nginx serves from here, so a new build needs no reload of Nginx. */
export const currentPages = join(cache, 'current')

/** What the pages are made of: a change of any of these files makes a new build. */
const sources = () => [
  ...['bun.lock', 'scripts/web/build.ts'].map(file => join(root, file)),
  ...[...new Bun.Glob('{web,sdk}/**/*.{ts,tsx,css,html,svg,json}').scanSync(root)].map(file => join(root, file)),
]

export const sourcesHash = () => {
  const hash = new Bun.CryptoHasher('sha256')
  for (const file of sources().sort())
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  return hash.digest('hex').slice(0, 16)
}

const isCurrent = () => {
  try {
    return readFileSync(join(currentPages, 'hash'), 'utf8') === sourcesHash()
  } catch {
    return false
  }
}

/** Builds the pages if their sources have changed, in a process of its own, and returns the folder that the gateway serves. */
export async function preparePages(report: (line: string) => void) {
  if (isCurrent()) return currentPages
  const began = performance.now()
  const building = Bun.spawn([process.execPath, join(root, 'scripts/web.ts')], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  const [output, code] = await Promise.all([new Response(building.stderr).text(), building.exited])
  if (code !== 0) throw new Error(`the pages could not be built:\n${output.trim()}`)
  report(`${'pages'.padEnd(10)} built in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return currentPages
}
