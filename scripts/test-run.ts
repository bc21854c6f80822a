import { minute } from '#shared/time'
import { root } from './install'
import { killWithChildren } from './processes'

/** Test files by what they need, in the order in which they run: nothing, the servers, or the whole platform behind the gateway. */
export function selectTests(parts: readonly string[]) {
  const files = [...new Bun.Glob('{shared,services,scripts,gateway,bench,tests}/**/*.test.ts').scanSync(root)].sort()
  const chosen = files.filter(file => parts.length === 0 || parts.some(part => file.includes(part.replace(/^\.\//, ''))))
  const groups = Object.groupBy(chosen, file =>
    file.startsWith('tests/checks/') ? 'alone' : /^tests\/(browser|platform|faults)\//.test(file) ? 'gateway' : 'servers',
  )
  const { alone = [], servers = [], gateway = [] } = groups
  return { alone, servers, gateway }
}

/** Format, lint and types. Types are checked incrementally: after the first time that takes a second or two. */
export async function runChecks(interrupted: AbortSignal) {
  const results = [
    await run(['node_modules/.bin/biome', 'check', '.'], {}, interrupted),
    await run(['node_modules/.bin/tsc', '--noEmit'], {}, interrupted),
  ]
  return results.every(Boolean)
}

export const runTests = (files: readonly string[], options: readonly string[], env: Record<string, string>, interrupted: AbortSignal) =>
  run([process.execPath, 'test', '--timeout=60000', ...options, ...files.map(file => `./${file}`)], env, interrupted)

/** Longer than the whole suite takes on a slow machine, so that nothing hangs for ever. */
const longest = 20 * minute

/** Runs a command to its end. If it takes too long or is interrupted, it is killed, with all servers and services that it started. */
export async function run(command: string[], env: Record<string, string>, interrupted: AbortSignal, timeoutMs = longest) {
  interrupted.throwIfAborted()
  console.log(`$ ${command.join(' ').replace(process.execPath, 'bun').slice(0, 120)}`)
  const child = Bun.spawn(command, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    // A process group of its own: Ctrl-C in the terminal reaches this process alone. Else it would end at once, and leave what it started.
    detached: true,
  })
  const timeout = AbortSignal.timeout(timeoutMs)
  const ending = AbortSignal.any([interrupted, timeout])
  const end = () => killWithChildren(child.pid)
  ending.addEventListener('abort', end)
  const code = await child.exited
  ending.removeEventListener('abort', end)
  interrupted.throwIfAborted()
  if (timeout.aborted) console.log(`ended after ${timeoutMs / minute} minutes`)
  return code === 0
}
