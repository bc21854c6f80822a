import { join } from 'node:path'
import { hashOf, prepare } from '../builds'
import { root } from '../install'

/** The three sites, each with the path that the gateway serves it at. */
export const sites = { shop: '/', admin: '/admin/', control: '/control/' } as const
export type Site = keyof typeof sites

export const cache = join(root, '.data/web')
/** Always the newest build. Nginx serves from here, so a new build needs no reload of Nginx. */
export const currentPages = join(cache, 'current')

export const sourcesHash = () => hashOf(['bun.lock', 'scripts/web/build.ts', '{web,sdk}/**/*.{ts,tsx,css,html,svg,json}'])

/** Builds the pages if their sources have changed, and returns the folder that the gateway serves. */
export async function preparePages(report: (line: string) => void) {
  await prepare({ what: 'pages', folder: currentPages, hash: sourcesHash(), command: ['scripts/web.ts'], report })
  return currentPages
}
