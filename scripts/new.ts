import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './install'
import { changedFiles, newFiles } from './new/files'
import { describeService } from './new/service'

const usage = `bun run new <name> --store mysql|mongodb|redis [--resource <path>] [--owns <text>]
  Writes a small service in which users keep notes about products: change it into yours, its domain first.
  --store     where it keeps its data; a service on Redis publishes no events
  --resource  its path below /api/ (default: the plural of the name)
  --owns      what it is for, in the README's table
  Of a service that shared/platform.ts names already, that file says all three; --store may repeat it.`

/** Writes the service and the files that name it, and returns the paths of what is new and of what it changed. */
function writeService(service: ReturnType<typeof describeService>) {
  const files = newFiles(service)
  const taken = [...files.keys()].filter(path => existsSync(join(root, path)))
  if (taken.length > 0) throw new Error(`there is ${taken.join(', ')} already`)
  // Every text is made before the first is written, so that a failure leaves nothing half done.
  const edited = new Map<string, string>()
  for (const [path, edit] of Object.entries(changedFiles(service))) {
    const present = readFileSync(join(root, path), 'utf8')
    try {
      const text = edit(present)
      if (text !== present) edited.set(path, text)
    } catch (error) {
      throw new Error(`${path}: ${error instanceof Error ? error.message : error}`)
    }
  }
  for (const [path, text] of [...files, ...edited]) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return { made: [...files.keys()], changed: [...edited.keys()] }
}

/** What the command printed. */
function run(...command: string[]): string {
  const { success, stdout, stderr } = Bun.spawnSync(command, { cwd: root, stdout: 'pipe', stderr: 'pipe' })
  if (!success) throw new Error(`${command.join(' ')} failed:\n${stderr}`)
  return stdout.toString().trim()
}

function main() {
  const { values, positionals } = parseArgs({
    options: { store: { type: 'string' }, resource: { type: 'string' }, owns: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  })
  const [name] = positionals
  if (values.help || name === undefined) return console.log(usage)
  const service = describeService({ name, store: values.store, resource: values.resource, owns: values.owns })
  const { made, changed } = writeService(service)
  const code = [...made, ...changed].filter(path => path.endsWith('.ts'))
  run(join(root, 'node_modules/.bin/biome'), 'check', '--write', ...code)
  // In a new process: this one imported shared/platform.ts before it was changed.
  const generated = run(process.execPath, 'scripts/generate.ts').replace('written: ', '')
  const own = `services/${name}/`
  const elsewhere = made.filter(path => !path.startsWith(own))
  console.log(`new:        ${[own, ...elsewhere].join(', ')}
changed:    ${changed.join(', ')}
generated:  ${generated}

${own} is a whole service at /api/${service.resource}: change it into yours, its domain first (README, "Adding a service").
  bun run test services/${name} tests/checks/`)
}

try {
  main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
