import { parseArgs } from 'node:util'
import { installPackages, root } from './install'

const usage = `bun run test [part of a file's path...] [--servers-only] [--no-install] [options of bun test]
  Without a path: the checks (Biome, tsc), then every test. Ports are counted from TEST_PORT_BASE (18000, or the next thousand that is free);
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
  // Only now: a fresh machine had no packages until here.
  const { runChecks, runTests, selectTests } = await import('./test-run')
  const { startTestStack } = await import('./test-stack')

  const { alone, throughGateway } = selectTests(positionals)
  if (alone.length + throughGateway.length === 0) throw new Error(`no test file matches ${positionals.join(' ')}`)
  const checked = positionals.length > 0 || (await runChecks(interrupted.signal))
  const withPlatform = throughGateway.length > 0 && !values['servers-only']
  const stack = await startTestStack({ withPlatform, install: !values['no-install'], interrupted: interrupted.signal })
  const results: boolean[] = [checked]
  try {
    for (const files of [alone, withPlatform ? throughGateway : []])
      if (files.length > 0) results.push(await runTests(files, passedOn, stack.env, interrupted.signal))
  } finally {
    await stack.stop()
  }
  if (withPlatform && results.includes(false)) console.log(`What the services said: ${stack.log}`)
  if (results.includes(false)) throw new Error(checked ? 'Tests failed.' : 'The checks failed.')
  console.log('All is well.')
}

process.chdir(root)
main().then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
