import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NewService } from './service'

/**
 * The templates. mysql/ is a whole service of samples; mongo/ and redis/ have only the files that are different there, and import the others from
 * mysql/. Where a type asks for a service or an error that exists, they name those of `favourite`.
 */
const folderOf = (store: string) => join(import.meta.dir, store)
const filesIn = (store: string) => [...new Bun.Glob('**/*.{ts,lua}').scanSync(folderOf(store))].sort()

/** Redis has no outbox, so that a service on it publishes nothing. */
const left = {
  mysql: () => false,
  mongo: (file: string) => /^(database\.ts|migrations\/)/.test(file),
  redis: (file: string) => /^(database\.ts|migrations\/|catalog\.ts|published\.test\.ts)/.test(file),
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** A template's text with the service's names and with import paths that are right outside of the templates. */
const textFor = ({ name, plural, resource }: NewService, template: string) =>
  template
    .replaceAll("'../mysql/catalog'", "'#shared/catalog'")
    .replaceAll("'./catalog'", "'#shared/catalog'")
    .replaceAll("'../mysql/", "'./")
    .replaceAll("'../../../services/", "'../")
    .replaceAll('favourite', name)
    .replaceAll('/api/samples', `/api/${resource}`)
    .replaceAll('samples', plural)
    .replaceAll('Samples', capital(plural))
    .replaceAll('sample', name)
    .replaceAll('Sample', capital(name))

/** Every file of the new service, by its path in the project. */
export const newFiles = (service: NewService): Map<string, string> => {
  const { name, plural, store } = service
  const own = store === 'mysql' ? [] : filesIn(store)
  const common = filesIn('mysql').filter(file => !own.includes(file) && !left[store](file))
  const templates = [...common.map(file => ['mysql', file] as const), ...own.map(file => [store, file] as const)]
  const files = new Map<string, string>()
  for (const [folder, file] of templates) {
    const text = textFor(service, readFileSync(join(folderOf(folder), file), 'utf8'))
    if (file === 'catalog.ts') files.set(`shared/catalog/${name}.ts`, text.replace("'#shared/event'", "'../event'"))
    else if (file === 'postman.ts') files.set(`scripts/postman/${plural}.ts`, text.replace("'../../postman/request'", "'./request'"))
    else files.set(`services/${name}/${file.replace(/\bsamples\b/, plural)}`, text)
  }
  return files
}

type Edit = (text: string) => string

const before =
  (anchor: string, addition: string): Edit =>
  text => {
    if (!text.includes(anchor)) throw new Error(`it does not contain "${anchor.trim()}"`)
    return text.replace(anchor, () => `${addition}${anchor}`)
  }

/** Adds a word to a list of quoted words, such as the consumers of an event. The list begins where `start` ends. */
const addTo =
  (start: RegExp, word: string): Edit =>
  text => {
    const begin = start.exec(text)
    if (!begin) throw new Error(`it does not contain ${start.source}`)
    const from = begin.index + begin[0].length
    const end = text.indexOf(']', from)
    const words = [...text.slice(from, end).matchAll(/'(\w+)'/g)].map(([, one = '']) => one)
    if (words.includes(word)) return text
    return `${text.slice(0, from)}${[...words, word].map(one => `'${one}'`).join(', ')}${text.slice(end)}`
  }

const consumerOf = (type: string, name: string) => addTo(new RegExp(`defineEvent\\('${type.replace('.', '\\.')}', \\{[^}]*?to: \\[`), name)

const both =
  (...edits: Edit[]): Edit =>
  text =>
    edits.reduce((edited, edit) => edit(edited), text)

/** The changes of existing files, by path. */
export const changedFiles = ({ name, plural, resource, store, owns, port, unknown }: NewService): Record<string, Edit> => {
  const line = `  ${name}: { port: ${port}, store: '${store}', resources: ['${resource}'], owns: '${owns.replaceAll("'", "\\'")}' },\n`
  const error = `| \`${name}_not_found\` | 404 | it is not there, or not yours |`
  const section = `## ${capital(plural)}\n\n| code | status | what it means, and what to do |\n|---|---|---|\n${error}\n\n`
  return {
    'shared/platform.ts': both(
      unknown ? before('} as const satisfies Record<string, Service>', line) : text => text,
      before('] as const satisfies readonly ServiceName[]', `  '${name}',\n`),
    ),
    ...(store !== 'redis' && { 'shared/catalog.ts': text => `${text}export * from './catalog/${name}'\n` }),
    'shared/catalog/product.ts': consumerOf('product.deleted', name),
    'shared/catalog/user.ts': consumerOf('user.deleted', name),
    'shared/personal-data.ts': addTo(/personalDataServices: readonly ServiceName\[\] = \[/, name),
    'docs/errors.md': before('## The platform\n', section),
    'scripts/postman/collection.ts': both(
      text => `import { ${plural} } from './${plural}'\n${text}`,
      before('  mistakes,\n', `  ${plural},\n`),
    ),
  }
}
