import { closeSync, openSync } from 'node:fs'
import { minute } from '#shared/time'
import { root } from './install'
import { killWithChildren } from './processes'

/**
 * Test files by what they need: nothing, the servers, the whole platform behind the gateway, or platforms of their own, which they break. Those of
 * `patient` need the servers too, and mostly wait for processes that they start and stop.
 */
export function selectTests(parts: readonly string[]) {
  const files = [...new Bun.Glob('{shared,services,scripts,gateway,bench,tests}/**/*.test.ts').scanSync(root)].sort()
  const chosen = files.filter(file => parts.length === 0 || parts.some(part => file.includes(part.replace(/^\.\//, ''))))
  const groups = Object.groupBy(chosen, file => {
    if (file.startsWith('tests/checks/')) return 'alone'
    if (file.startsWith('tests/faults/')) return 'faults'
    if (/^tests\/(browser|platform)\//.test(file)) return 'gateway'
    return /^scripts\/|\/(outage|restart)\.test\.ts$/.test(file) ? 'patient' : 'servers'
  })
  const { alone = [], patient = [], servers = [], gateway = [], faults = [] } = groups
  return { alone, patient, servers, gateway, faults }
}

/** How commands run: until this is aborted, and with their output in a file until their end, if another writes to the terminal meanwhile. */
interface Running {
  interrupted: AbortSignal
  heldIn?: string | undefined
}

/** Format, lint and types. Types are checked incrementally: after the first time that takes a second or two. */
export async function runChecks(running: Running) {
  const results = [
    await run(['node_modules/.bin/biome', 'check', '.'], {}, running),
    await run(['node_modules/.bin/tsc', '--noEmit'], {}, running),
  ]
  return results.every(Boolean)
}

export const runTests = (files: readonly string[], options: readonly string[], env: Record<string, string>, running: Running) =>
  run([process.execPath, 'test', '--timeout=60000', ...options, ...files.map(file => `./${file}`)], env, running)

/** Longer than the whole suite takes on a slow machine, so that nothing hangs for ever. */
const longest = 20 * minute

/** Runs a command to its end. If it takes too long or is interrupted, it is killed, with all servers and services that it started. */
export async function run(
  command: string[],
  env: Record<string, string>,
  { interrupted, heldIn }: Running,
  late = AbortSignal.timeout(longest),
) {
  interrupted.throwIfAborted()
  const title = `$ ${command.join(' ').replace(process.execPath, 'bun').slice(0, 120)}`
  console.log(heldIn === undefined ? title : `${title} (beside the others; its output follows when it ends)`)
  const output = heldIn === undefined ? 'inherit' : openSync(heldIn, 'w')
  const child = Bun.spawn(command, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
    // A process group of its own: Ctrl-C in the terminal reaches this process alone. Else it would end at once, and leave what it started.
    detached: true,
  })
  const ending = AbortSignal.any([interrupted, late])
  const end = () => killWithChildren(child.pid)
  ending.addEventListener('abort', end)
  const code = await child.exited
  ending.removeEventListener('abort', end)
  if (heldIn !== undefined) console.log(`${title}\n${await Bun.file(heldIn).text()}`)
  if (output !== 'inherit') closeSync(output)
  interrupted.throwIfAborted()
  if (late.aborted) console.log(`ended after ${longest / minute} minutes`)
  return code === 0
}
