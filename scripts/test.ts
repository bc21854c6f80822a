import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages, root } from './install'

const usage = `bun run test [part of a file's path...] [--servers-only] [--no-install] [options of bun test]
  Checks style and types (Biome, tsc), then runs every test, or those whose path has one of the parts. Servers are started for tests
  that need them. Ports are counted from TEST_PORT_BASE (18000, or the next thousand that is free);
  TEST_MYSQL_URL, TEST_MONGO_URL, TEST_REDIS_URL and TEST_RABBITMQ_URL name servers to use instead of private ones.`

const { values, positionals, tokens } = parseArgs({
  options: {
    'servers-only': { type: 'boolean' },
    'no-install': { type: 'boolean' },
    help: { type: 'boolean' },
    'test-name-pattern': { type: 'string', short: 't' },
  },
  allowPositionals: true,
  strict: false,
  tokens: true,
})
const ours = new Set(['servers-only', 'no-install', 'help'])
const passedOn = tokens.flatMap(token =>
  token.kind === 'option' && !ours.has(token.name) ? [token.rawName, ...(token.value === undefined ? [] : [token.value])] : [],
)

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort(new Error('interrupted')))

async function main() {
  if (values.help) return console.log(usage)
  await installPackages(console.log)
  // Imported only now: what follows needs the packages, which a fresh machine has from here on.
  const { runChecks, runTests, selectTests } = await import('./test-run')

  const { alone, patient, servers, gateway, faults } = selectTests(positionals)
  const withPlatform = !values['servers-only'] && gateway.length + faults.length > 0
  const onStack = [servers, withPlatform ? gateway : []].filter(files => files.length > 0)
  const apart = [alone, patient, withPlatform ? faults : []].filter(files => files.length > 0)
  if (onStack.length + apart.length === 0) throw new Error(`no test file matches ${positionals.join(' ')}`)
  const stack = withPlatform || servers.length + patient.length > 0 ? await startServers(withPlatform) : undefined

  const { signal } = interrupted
  const runAll = async (groups: string[][], heldIn?: string) => {
    const results: boolean[] = []
    for (const files of groups) results.push(await runTests(files, passedOn, stack?.env ?? {}, { interrupted: signal, heldIn }))
    return results.every(Boolean)
  }
  // Beside the tests that use the stack most run the checks, and the tests that need no server or mostly bring their own.
  const heldIn = onStack.length > 0 ? join(root, '.data/test-beside.log') : undefined
  const beside = async () => ({ checked: await runChecks({ interrupted: signal, heldIn }), passed: await runAll(apart, heldIn) })
  const [passedOnStack, { checked, passed: passedApart }] = await Promise.all([runAll(onStack), beside()]).finally(() => stack?.stop())
  const passed = passedOnStack && passedApart
  if (stack && withPlatform && !passed) console.log(`The services' log: ${stack.log}`)
  const failures = [...(checked ? [] : ['Style or types: see the checks above.']), ...(passed ? [] : ['Tests failed.'])]
  if (failures.length > 0) throw new Error(failures.join('\n'))
  console.log('All is well.')
}

async function startServers(withPlatform: boolean) {
  const { startTestStack } = await import('./test-stack')
  return startTestStack({ withPlatform, install: !values['no-install'], interrupted: interrupted.signal })
}

process.chdir(root)
main().then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
