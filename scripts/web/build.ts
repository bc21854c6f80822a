import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import tailwind from 'bun-plugin-tailwind'
import { makeFolder } from '../builds'
import { root } from '../install'
import { cache, currentPages, type Site, sites, sourcesHash } from './pages'

/** Text that Nginx sends compressed, from the `.gz` beside it. */
const isText = (file: string) => /\.(html|js|css|svg|json|map)$/.test(file)

/** A script without the id that Bun writes at its end for collectors of errors: nobody here reads it, and it cannot be compressed. */
const withoutDebugId = (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(/^\/\/# debugId=.*\n/m, ''))

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap(one => (one.isFile() ? [join(one.parentPath, one.name)] : []))

async function buildSite(site: Site, outdir: string) {
  const built = await Bun.build({
    entrypoints: [join(root, 'web', site, 'index.html')],
    outdir,
    target: 'browser',
    minify: true,
    splitting: true,
    sourcemap: 'linked',
    publicPath: sites[site],
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [tailwind],
    naming: { entry: '[name].[ext]', chunk: 'assets/[name]-[hash].[ext]', asset: 'assets/[name]-[hash].[ext]' },
  })
  if (!built.success) throw new AggregateError(built.logs, `the pages of ${site} could not be built`)
}

/** Builds all sites into a folder. */
export const buildInto = (folder: string, hash = sourcesHash()) =>
  makeFolder(folder, hash, async unfinished => {
    for (const site of Object.keys(sites) as Site[]) await buildSite(site, join(unfinished, site))
    for (const file of files(unfinished).filter(name => name.endsWith('.js'))) withoutDebugId(file)
    for (const file of files(unfinished).filter(isText)) writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }))
  })

/** The size of a site's scripts as they are sent, in bytes. Of its dictionaries, a visitor loads one: the largest is counted. */
export const scriptBytes = (folder: string, site: Site) => {
  const sizes = files(join(folder, site)).flatMap(file => (file.endsWith('.js.gz') ? [{ file, bytes: statSync(file).size }] : []))
  const isWords = ({ file }: { file: string }) => /\/(en|ko|zh|vi)-\w+\.js\.gz$/.test(file)
  const words = Object.values(Object.groupBy(sizes.filter(isWords), ({ file }) => /\/(\w+)-\w+\.js\.gz$/.exec(file)?.[1] ?? ''))
  const sum = (some: readonly { bytes: number }[] = []) => some.reduce((total, { bytes }) => total + bytes, 0)
  return sum(sizes.filter(one => !isWords(one))) + Math.max(0, ...words.map(sum))
}

const kept = 3

/** Builds the pages unless this build exists already. Older builds stay for a while: other gateways of this checkout may be reading them. */
export async function buildPages(hash = sourcesHash()) {
  mkdirSync(cache, { recursive: true })
  const folder = join(cache, hash)
  if (!readdirSync(cache).includes(hash)) await buildInto(folder, hash)
  const link = join(cache, `current.${process.pid}`)
  rmSync(link, { force: true })
  symlinkSync(hash, link)
  renameSync(link, currentPages)
  const builds = readdirSync(cache, { withFileTypes: true }).filter(one => one.isDirectory() && one.name !== hash)
  const byAge = builds.map(({ name }) => ({ name, at: statSync(join(cache, name)).mtimeMs })).sort((a, b) => b.at - a.at)
  for (const { name } of byAge.slice(kept)) rmSync(join(cache, name), { recursive: true, force: true })
}
