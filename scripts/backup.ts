import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages, root } from './install'

const usage = `bun run backup [folder]
  Copies the data of all services into the folder (deploy/backups/<time> if none is named), while they run. The servers are those that MYSQL_URL,
  MONGO_URL, REDIS_URL, CART_REDIS_URL and RABBITMQ_URL name, else those of the local stack. Keep the data keys (DATA_KEYS) elsewhere.`

const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true })

async function main() {
  if (values.help) return console.log(usage)
  await installPackages(console.log)
  // Imported only now: what follows needs the packages.
  const [{ backUp }, { configuredPlaces, runningPlaces, withLocalServers }] = await Promise.all([
    import('./backup/copy'),
    import('./backup/places'),
  ])
  const { settings } = await import('#shared/config')
  const dir = resolve(root, positionals[0] ?? `deploy/backups/${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}Z`)
  const places = configuredPlaces() ?? runningPlaces()
  if (places) return backUp(places, dir, console.log)
  await withLocalServers(settings().integer('PORT_BASE', 8000), console.log, local => backUp(local, dir, console.log))
}

main().then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
