import { dirname, join, relative, resolve } from 'node:path'
import { hashOf, makeFolder, prepare } from './builds'
import { root } from './install'

/**
 * The services as few files, for `bun start`, the tests of the whole platform and the images: a process that reads hundreds of files starts
 * later and takes more memory. `bun scripts/bundle.ts FOLDER` makes the folder, in which each file has the place that it has in the project.
 */

const sourcesHash = () => hashOf(['bun.lock', 'package.json', 'patches/*', 'scripts/*.ts', '{shared,services}/**/*.{ts,lua,json}'])

/** What a process runs, or a thread: no other file names it in an `import`. */
const entries = () => [...new Bun.Glob('services/*/{main,*-worker}.ts').scanSync(root), 'scripts/all.ts'].map(file => join(root, file))

const build = async (outdir: string) => {
  const built = await Bun.build({
    entrypoints: entries(),
    outdir,
    root,
    target: 'bun',
    // What only one kind of service needs, such as its driver, is in files that no other reads.
    splitting: true,
    naming: { entry: '[dir]/[name].[ext]', chunk: 'chunks/[name]-[hash].[ext]', asset: 'assets/[name].[ext]' },
    // The log tells errors apart by the names of their classes.
    minify: { whitespace: true, syntax: true },
    // Stack traces name the sources. Bun reads a map when the first error of its file asks for its stack.
    sourcemap: 'linked',
  })
  if (!built.success) throw new AggregateError(built.logs, 'the services could not be bundled')
  for (const { path } of built.outputs.filter(({ kind }) => kind === 'sourcemap')) await correctPaths(path, outdir)
}

/** Bun writes the paths of a map's sources from the folder of the bundle, and reads them from that of the map. */
const correctPaths = async (path: string, outdir: string) => {
  const map: { sources: string[] } = await Bun.file(path).json()
  const sources = map.sources.map(source => relative(dirname(path), resolve(outdir, source)))
  await Bun.write(path, JSON.stringify({ ...map, sources }))
}

/** Where a stack has its bundle. Each stack has its own: what runs from it goes on reading its files, whatever becomes of the sources. */
export const bundleIn = (dir: string) => join(dir, 'services')

/** Bundles the services into a folder, unless they are there already. */
export const prepareServices = (folder: string, report: (line: string) => void) =>
  prepare({ what: 'services', folder, hash: sourcesHash(), command: ['scripts/bundle.ts', folder], report })

if (import.meta.main) {
  const folder = process.argv[2]
  if (!folder) throw new Error('bun scripts/bundle.ts FOLDER')
  await makeFolder(resolve(folder), sourcesHash(), build)
}
