import { installPackages } from './install'

/** `bun run seed`: fills the shop that `bun start` runs here with a demo world. */
const seed = async () => {
  await installPackages(console.log)
  // Imported only now: what follows needs the packages, which a fresh machine has from here on.
  const { settings } = await import('#shared/config')
  const { stackFolder } = await import('./background')
  const { callServices } = await import('./demo/caller')
  const { seedDemoWorld } = await import('./demo/world')
  const { secretsIn } = await import('./secrets')
  const { isAlive, readState } = await import('./state')
  const { integer, optional } = settings()
  if (optional('NODE_ENV') === 'production')
    throw new Error('NODE_ENV is production, and demo data is made up: a shop for real customers gets none.')
  const state = readState(stackFolder)
  if (!state?.servers || !state.ready || !isAlive(state.launcher))
    throw new Error('The shop does not run here. Start it first: bun start --detach')
  const secrets = secretsIn(stackFolder, process.env)
  await seedDemoWorld({
    as: callServices(integer('PORT_BASE', 8000)),
    admin: { email: secrets.ADMIN_EMAIL, password: secrets.ADMIN_PASSWORD },
    servers: state.servers,
    report: console.log,
  })
}

seed().then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
