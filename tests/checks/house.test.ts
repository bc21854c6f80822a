import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { released, services } from '#shared/platform'
import { exists, filesIn, isTest, root, textOf } from './files'

/** The rules that keep every folder the same shape. Each test lists what breaks it, with what to do instead where the test’s name does not say it. */

const serviceFiles = filesIn('services').filter(file => !isTest(file))
const sharedFiles = filesIn('shared').filter(file => !isTest(file))
const folders = readdirSync(join(root, 'services'))

interface Import {
  file: string
  /** Where it leads: `#shared/page`, `services/order/domain`, or a package. */
  to: string
  types: boolean
  names: string
}
const statement = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?([^'";]*?)\s*from\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'|\bimport\('([^']+)'\)/g
const importsOf = (file: string): Import[] =>
  [...textOf(file).matchAll(statement)].map(([, type, names = '', from, bare, dynamic]) => {
    const path = from ?? bare ?? dynamic ?? ''
    const inside = path.startsWith('.') ? join(dirname(file), path) : path.replace(/^#services\//, 'services/')
    const to = inside.replace(/^shared\//, '#shared/').replace(/\.ts$/, '')
    const everyNameIsAType = /^\{\s*(type\s+\w+(\s+as\s+\w+)?\s*,?\s*)+\}$/.test(names)
    return { file, to, names, types: type !== undefined || everyNameIsAType }
  })
const serviceOf = (path: string) => /^services\/([^/]+)\//.exec(path)?.[1]
const described = ({ file, to }: Import) => `${file} imports ${to}`

describe('dependencies point one way', () => {
  const imports = serviceFiles.flatMap(importsOf)

  test('a domain knows errors, money, tax classes, lengths of time, the spelling of domain names, the letters of Hangul and itself', () => {
    const pure = ['#shared/errors', '#shared/money', '#shared/tax-class', '#shared/time', 'node:url', 'es-hangul']
    const foreign = imports
      .filter(({ file }) => /^domain(-[\w-]+)?\.ts$/.test(basename(file)))
      .filter(({ file, to }) => !pure.includes(to) && !to.startsWith(join(dirname(file), 'domain')))
    expect(foreign.map(one => `${described(one)}: decide there from values only, and do the rest in a use case`)).toEqual([])
  })

  // main → app → routes, events → use cases and stores → domain; types may be looked at from anywhere in the folder.
  const layerOf = (path: string) => {
    const name = basename(path, '.ts')
    if (/^domain\b/.test(name)) return 0
    if (/(^|[.-])(routes|events)\b/.test(name)) return 2
    return name === 'app' ? 3 : name === 'main' ? 4 : 1
  }
  test('no file imports from the layer that calls it', () => {
    const upwards = imports.filter(({ file, to, types }) => !types && serviceOf(file) === serviceOf(to) && layerOf(to) > layerOf(file))
    expect(upwards.map(one => `${described(one)}, which calls it: move what both need further in`)).toEqual([])
  })

  test('routes and handlers import no database driver', () => {
    const drivers = ['kysely', 'mysql2', 'mongodb', 'ioredis', 'amqplib']
    const past = imports.filter(({ file, to, types }) => !types && layerOf(file) > 1 && drivers.some(name => to.split('/')[0] === name))
    expect(past.map(one => `${described(one)}: ask the repository or a use case instead`)).toEqual([])
  })

  test('no imports are circular', () => {
    const targets = new Map<string, string[]>()
    for (const { file, to, types } of [...imports, ...sharedFiles.flatMap(importsOf)]) {
      const from = file.replace(/^shared\//, '#shared/').replace(/\.ts$/, '')
      if (!types) targets.set(from, [...(targets.get(from) ?? []), to])
    }
    const done = new Set<string>()
    const circleFrom = (module: string, path: string[]): string[] => {
      if (path.includes(module)) return [[...path.slice(path.indexOf(module)), module].join(' → ')]
      if (done.has(module)) return []
      const found = (targets.get(module) ?? []).flatMap(next => circleFrom(next, [...path, module]))
      done.add(module)
      return found
    }
    expect([...targets.keys()].flatMap(module => circleFrom(module, []))).toEqual([])
  })

  test('a service imports nothing of another but the type of its API', () => {
    const foreign = imports
      .filter(({ file, to }) => serviceOf(to) !== undefined && serviceOf(to) !== serviceOf(file))
      .filter(({ to, types, names }) => !types || !to.endsWith('/app') || !/^\{\s*(type\s+)?\w+Api\s*\}$/.test(names))
    expect(foreign.map(one => `${described(one)}: import only its \`type …Api\` from its app, in clients.ts, and call it`)).toEqual([])
  })

  test('only shared/ imports from a folder in shared/, which is private to the kernel', () => {
    const everywhere = ['services', 'scripts', 'tests', 'bench'].flatMap(folder => filesIn(folder)).flatMap(importsOf)
    expect(everywhere.filter(({ to }) => /^#shared\/[^/]+\/|^shared\/[^/]+\//.test(to)).map(described)).toEqual([])
  })

  test('a service asks others in clients.ts, and nowhere else', () => {
    const asking = imports
      .filter(({ file }) => basename(file) !== 'clients.ts')
      .filter(({ file, to }) => serviceOf(to) !== undefined && serviceOf(to) !== serviceOf(file))
    expect(asking.map(one => `${described(one)}: ask in clients.ts`)).toEqual([])
  })

  test('a service is put together in compose.ts: main.ts opens the ports and calls it', () => {
    const parts = imports.filter(
      ({ file, to, types }) =>
        basename(file) === 'main.ts' && !types && serviceOf(to) !== undefined && /(^|\/)(repository|drift|personal-data)$/.test(to),
    )
    expect(parts.map(one => `${described(one)}: call compose instead`)).toEqual([])
  })

  test('a factory in a service is a verb or a noun, not a `create…`', () => {
    const creating = serviceFiles.flatMap(file =>
      [...textOf(file).matchAll(/^export const (create[A-Z]\w*)/gm)].map(([, name]) => `${file}: ${name}`),
    )
    expect(creating).toEqual([])
  })

  test('the kernel imports no service', () => {
    const foreign = sharedFiles.flatMap(importsOf).filter(({ to, types }) => to.startsWith('services/') && !types)
    expect(foreign.map(described)).toEqual([])
  })

  test('only configuration reads the environment', () => {
    const readers = [...serviceFiles, ...sharedFiles].filter(file => /\b(process|Bun|import\.meta)\.env\b/.test(textOf(file)))
    expect(readers).toEqual(['shared/config.ts'])
  })
})

describe('every service has the same files', () => {
  const always = ['domain.ts', 'model.ts', 'app.ts', 'compose.ts', 'main.ts']
  const isRoutes = (file: string) => /(^|[.-])routes\.ts$/.test(file)
  const known = (file: string) => [...always, 'repository.ts', 'clients.ts', 'database.ts', 'events.ts'].includes(file) || isRoutes(file)

  test.each(folders)('%s', folder => {
    const files = readdirSync(join(root, 'services', folder)).filter(file => file.endsWith('.ts') && !isTest(`/${file}`))
    const store = Object.entries(services).find(([name]) => name === folder)?.[1].store
    expect(store).toBeDefined()
    // A planned service may come piece by piece. It is whole when it is released.
    if (!released.some(name => name === folder)) return
    const missing = always.filter(name => !files.includes(name))
    if (!files.some(isRoutes)) missing.push('routes.ts')
    // Only a service that is large enough to be split by use case has its store in several files.
    if (!files.includes('repository.ts') && files.filter(file => !known(file)).length < 3) missing.push('repository.ts')
    // A database is made for the store that is named there; a service that opens another would find none.
    const migrated = exists(`services/${folder}/migrations/index.ts`)
    if (store === 'mysql' && !migrated) missing.push('migrations/index.ts')
    if (store !== 'mysql' && migrated) missing.push(`store: 'mysql' in shared/platform.ts, where it says '${store}'`)
    expect(missing).toEqual([])
  })
  test('every released service has a folder', () => {
    expect(released.filter(name => !folders.includes(name))).toEqual([])
  })
  test('the only folders are migrations and adapters, and no file is named after a kind of code', () => {
    const adapters = ['payment/providers', 'shipping/carriers', 'notification/channels']
    const remedies = filesIn('services').flatMap(file => {
      const [service = '', first = '', ...rest] = relative('services', file).split('/')
      if (rest.length > (first === 'migrations' || adapters.includes(`${service}/${first}`) ? 1 : 0))
        return [`${file}: put it into services/${service} itself`]
      const isKind = /^(index|utils?|helpers?|types|interfaces?|dto|mappers?|constants|common)\b|manager|helper/i.test(first)
      return isKind ? [`${file}: name it by what it does for the shop, as in place.ts`] : []
    })
    expect(remedies).toEqual([])
  })
})

describe('files', () => {
  const all = ['services', 'shared', 'scripts', 'tests', 'bench', 'web'].flatMap(folder => filesIn(folder, '**/*.{ts,tsx}'))
  test('have at most 250 lines', () => {
    // A dictionary is looked into, not read.
    const long = all.filter(file => !file.startsWith('web/shop/words/') && textOf(file).split('\n').length > 251)
    expect(long.map(file => `${file} has more than 250 lines: split it by what it does`)).toEqual([])
  })
  test('name no path of an installed program; scripts/servers finds programs', () => {
    const self = relative(root, import.meta.path)
    const installed = /['"`](\/opt\/|\/usr\/|\/root\/|\/home\/)/
    // These two lay out the root folders of other machines.
    const others = ['scripts/test-fresh.ts', 'scripts/compose/podman.ts']
    const exempt = (file: string) => file.startsWith('scripts/servers/') || others.includes(file) || file === self
    const naming = all.filter(file => !exempt(file) && installed.test(textOf(file)))
    expect(naming).toEqual([])
  })
  test('silence no type error, and contain no TODO', () => {
    const self = relative(root, import.meta.path)
    const smell = /\bas unknown as\b|\bas never\b|\bas any\b|@ts-(ignore|expect-error|nocheck)|\b(TODO|FIXME)\b/
    expect(all.filter(file => file !== self && smell.test(textOf(file)))).toEqual([])
  })
})
