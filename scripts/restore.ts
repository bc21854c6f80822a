import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages } from './install'

const usage = `bun run restore <folder>
  Replaces the data of all services by a backup. Stop the services first (\`bun run stop\` on the local stack). The servers are those that
  MYSQL_URL, MONGO_URL, REDIS_URL, CART_REDIS_URL and RABBITMQ_URL name, else those of the local stack, which are started for it.`

const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true })

async function main() {
  const [folder] = positionals
  if (values.help) return console.log(usage)
  if (!folder) throw new Error(`name the folder of the backup:\n${usage}`)
  await installPackages(console.log)
  // Imported only now: what follows needs the packages.
  const [{ restore }, { configuredPlaces, runningPlaces, withLocalServers }] = await Promise.all([
    import('./backup/copy'),
    import('./backup/places'),
  ])
  const { settings } = await import('#shared/config')
  const dir = resolve(folder)
  const places = configuredPlaces()
  if (places) return restore(places, dir, console.log)
  if (runningPlaces()) throw new Error('The platform is running: `bun run stop`, then try again.')
  await withLocalServers(settings().integer('PORT_BASE', 8000), console.log, local => restore(local, dir, console.log))
}

main().then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
