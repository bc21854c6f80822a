import { parseArgs } from 'node:util'
import { installPackages } from './install'

const usage = `bun start [--fresh] [--detach] [--no-install] [--instances order=2,cart=2]
  --fresh       begin from empty data
  --detach      return once all is ready; then \`bun run status\` and \`bun run stop\`
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

const tell = (line: string) => console.log(line)

async function main() {
  if (flags.help) return tell(usage)
  const began = performance.now()
  await installPackages(tell)
  // Only now: what follows imports packages that a fresh machine did not have until here.
  const { startStack } = await import('./stack')
  const { logLine } = await import('./log')
  const { stackFolder, startDetached } = await import('./background')
  const { overview } = await import('./overview')
  if (flags.detach) return startDetached(process.argv.slice(2), tell)

  const interrupted = new AbortController()
  const asked = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      interrupted.abort(new Error('stopped before it was ready'))
      asked.resolve()
    })

  const forEyes = process.stdout.isTTY === true && !process.env.NO_COLOR
  const stack = await startStack({
    dir: stackFolder,
    portBase: Number(process.env.PORT_BASE || 8000),
    gatewayPort: process.env.GATEWAY_PORT ? Number(process.env.GATEWAY_PORT) : undefined,
    fresh: flags.fresh,
    install: !flags['no-install'],
    withPlatform: true,
    instances: Object.fromEntries(
      flags.instances
        .split(',')
        .filter(Boolean)
        .map(pair => pair.split('='))
        .map(([name, count]) => [name, Number(count)]),
    ),
    env: process.env,
    tell,
    line: (name, line) => console.log(logLine(name, line, forEyes)),
    interrupted: interrupted.signal,
  })
  const summary = overview(stack, (performance.now() - began) / 1000)
  tell(summary)
  if (process.stdout.isTTY) tell('  Ctrl-C stops everything.\n')
  stack.markReady(summary)
  await asked.promise
  tell('stopping')
  await stack.stop()
  tell('stopped')
}

main().then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
