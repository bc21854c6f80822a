import { existsSync, watch } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages, root } from './install'

const usage = `bun run web [--watch] [--out FOLDER]
  Builds the shop, the admin and the control room into .data/web, from where the gateway of \`bun start\` serves them.
  --watch  builds again whenever a file in web/ or sdk/ changes; reload the page to see it
  --out    builds into this folder instead`

const { values: flags } = parseArgs({
  options: { watch: { type: 'boolean', default: false }, out: { type: 'string' }, help: { type: 'boolean', default: false } },
})

async function main() {
  if (flags.help) return console.log(usage)
  await installPackages(console.log)
  // Imported only now: it needs the packages.
  const { buildInto, buildPages, scriptBytes } = await import('./web/build')
  const { currentPages } = await import('./web/pages')
  const build = async () => {
    const began = performance.now()
    await (flags.out ? buildInto(resolve(flags.out)) : buildPages())
    const folder = flags.out ? resolve(flags.out) : currentPages
    const each = (['shop', 'admin', 'control'] as const).map(site => `${site} ${(scriptBytes(folder, site) / 1000).toFixed(1)} kB`)
    console.log(`pages built in ${((performance.now() - began) / 1000).toFixed(1)} s: ${each.join(', ')} of script`)
  }
  await build()
  if (!flags.watch) return
  const changed = () => {
    const { promise, resolve: seen } = Promise.withResolvers<void>()
    const folders = ['web', 'sdk'].map(folder => join(root, folder)).filter(folder => existsSync(folder))
    const watchers = folders.map(folder => watch(folder, { recursive: true }, () => seen()))
    return promise.finally(() => {
      for (const watcher of watchers) watcher.close()
    })
  }
  for (;;) {
    await changed()
    await Bun.sleep(50) // an editor writes several files at once
    await build().catch(error => console.error(error instanceof AggregateError ? error.errors.join('\n') : error))
  }
}

main().catch(error => {
  console.error(error instanceof AggregateError ? [error.message, ...error.errors].join('\n') : error)
  process.exit(1)
})
