import { parseArgs } from 'node:util'
import { installPackages } from './install'

const usage = `bun start [--fresh] [--detach] [--no-install] [--instances order=2,cart=2]
  --fresh       begin from empty data
  --detach      return once everything is ready; then \`bun run status\` and \`bun run stop\`
  --no-install  install no system packages
  --instances   run more than one instance of a service`

const { values: flags } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    detach: { type: 'boolean', default: false },
    'no-install': { type: 'boolean', default: false },
    instances: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})

async function main() {
  if (flags.help) return console.log(usage)
  const began = performance.now()
  await installPackages(console.log)
  // Imported only now: what follows needs the packages, which a fresh machine has from here on.
  const { settings } = await import('#shared/config')
  const { instancesFrom } = await import('./instances')
  const { logFile, stackFolder, startDetached } = await import('./background')
  const { openConsole } = await import('./console')
  const { overview } = await import('./overview')
  const { seedFirstStart } = await import('./demo/first-start')
  const { highestPortBase } = await import('./ports')
  const { hasAdministrator } = await import('./secrets')
  const { startStack } = await import('./stack')
  const instances = instancesFrom(flags.instances)
  if (flags.detach) return startDetached(process.argv.slice(2), console.log)

  const interrupted = new AbortController()
  const stopRequested = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      interrupted.abort(new Error('stopped before it was ready'))
      stopRequested.resolve()
    })

  const { integer, oneOf } = settings()
  const portBase = integer('PORT_BASE', 8000, highestPortBase)
  const format = oneOf('LOG_FORMAT', ['text', 'json'], 'text')
  const { report, onLog } = openConsole(logFile, format)
  const isFirstStart = flags.fresh || !hasAdministrator(stackFolder)
  const stack = await startStack({
    dir: stackFolder,
    portBase,
    gatewayPort: integer('GATEWAY_PORT', 0, 65_535) || undefined,
    fresh: flags.fresh,
    install: !flags['no-install'],
    withPlatform: true,
    instances,
    env: process.env,
    report,
    onLog,
    interrupted: interrupted.signal,
  })
  const seconds = (performance.now() - began) / 1000
  const summary = overview(stack, seconds, isFirstStart)
  // At the first start the table shows the administrator's password, which a program that collects logs must not get.
  report(format === 'text' ? summary : `The shop is open at ${stack.gateway} (${seconds.toFixed(1)} s)`)
  if (process.stdout.isTTY) report('  Ctrl-C stops everything.\n')
  stack.markReady(summary)
  const seeding = seedFirstStart({ dir: stackFolder, portBase, stack, report, signal: interrupted.signal })
  await stopRequested.promise
  report('stopping')
  await seeding
  await stack.stop()
  report('stopped')
}

main().then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
