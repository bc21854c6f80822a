import { readdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { hashOf, makeFolder, prepare } from './builds'
import { root } from './install'

/**
 * The services as one executable, for `bun start`, the tests of the whole platform and the images: Bun with the sources and their bytecode.
 * Processes that read and parse the sources start later, and each has in its own memory what the processes of an executable share.
 * `bun scripts/executable.ts FOLDER` makes the folder with it.
 */

const sources = ['bun.lock', 'package.json', 'patches/*', 'scripts/*.ts', '{shared,services}/**/*.{ts,lua,json}']
/** The hash of what the executable contains: Bun and the sources. */
const contentsHash = () => `${hashOf(sources)} ${Bun.revision}`

/** The executable runs the first entry. Services and their threads are loaded by their paths, which stay the same inside of it. */
const entries = () => ['scripts/service.ts', ...new Bun.Glob('services/*/{main,*-worker}.ts').scanSync(root)].map(file => join(root, file))

/** How Bun bundles the sources. */
export const bundling = () => ({
  entrypoints: entries(),
  root,
  target: 'bun' as const,
  format: 'esm' as const,
  // What only one kind of service needs, such as its driver, is in files that no other reads.
  splitting: true,
  naming: { entry: '[dir]/[name].[ext]', chunk: 'chunks/[name]-[hash].[ext]', asset: 'assets/[name].[ext]' },
  // The log tells errors apart by the names of their classes.
  minify: { whitespace: true, syntax: true },
})

const fileName = 'shop'
/** Each stack has its own: what runs from it goes on reading its file, whatever becomes of the sources. */
export const executableIn = (dir: string) => join(dir, 'services', fileName)

const build = async (folder: string) => {
  const built = await Bun.build({
    ...bundling(),
    bytecode: true,
    // Stack traces name the sources.
    sourcemap: 'inline',
    compile: { outfile: join(folder, fileName), autoloadDotenv: false, autoloadBunfig: false },
  })
  if (!built.success) throw new AggregateError(built.logs, 'the services could not be built')
  // Bun writes the maps beside the executable as well, which has them inside.
  for (const file of readdirSync(folder)) if (file.endsWith('.map')) rmSync(join(folder, file))
}

/** Builds the executable of a stack, unless it is there already, and returns its path. */
export const prepareServices = async (dir: string, report: (line: string) => void): Promise<string> => {
  const executable = executableIn(dir)
  const folder = dirname(executable)
  await prepare({ what: 'services', folder, hash: contentsHash(), command: ['scripts/executable.ts', folder], report })
  return executable
}

if (import.meta.main) {
  const folder = process.argv[2]
  if (!folder) throw new Error('bun scripts/executable.ts FOLDER')
  await makeFolder(resolve(folder), contentsHash(), build)
}
