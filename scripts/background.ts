import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from './install'
import { privateFolder } from './servers/server'
import { isAlive, readState } from './state'

/** Where `bun start` keeps data and secrets. */
export const stackFolder = resolve(root, process.env.STACK_DIR || '.data/local')

/** Where it writes the log of all services, as JSON lines. */
export const logFile = `${stackFolder}.log`

/** Starts the stack in a process that outlives this one, and shows its progress until everything is ready. */
export async function startDetached(args: readonly string[], report: (line: string) => void) {
  const output = `${privateFolder(stackFolder)}.start.log`
  // It shows the administrator's password. An earlier release made it readable for everybody.
  writeFileSync(output, '', { mode: 0o600 })
  chmodSync(output, 0o600)
  const file = openSync(output, 'a')
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'start.ts'), ...args.filter(arg => arg !== '--detach')], {
    cwd: root,
    stdio: ['ignore', file, file],
    detached: true,
  })
  closeSync(file)
  let interrupted = false
  // It runs in a process group of its own, which Ctrl-C does not reach.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!interrupted) report('stopping what has been started')
      interrupted = true
      child.kill('SIGTERM')
    })
  let shown = 0
  const showMore = () => {
    const text = readFileSync(output, 'utf8')
    const end = text.lastIndexOf('\n') + 1
    if (end > shown) report(text.slice(shown, end).trimEnd())
    shown = end
  }
  for (;;) {
    const state = readState(stackFolder)
    const ready = state?.launcher.pid === child.pid && state.ready
    const ended = child.exitCode !== null || child.signalCode !== null
    showMore()
    if (ended && interrupted) throw new Error('Interrupted: what had been started is stopped.')
    if (ended) throw new Error(`The platform did not start. Mend what is said above, then start it again. All it wrote is in ${output}`)
    if (ready) break
    await Bun.sleep(100)
  }
  child.unref()
  report(`It runs in the background (pid ${child.pid}): \`bun run status\`, \`bun run stop\`.`)
}

/** One line for each process of the stack, and whether all of them run. */
export function status() {
  const state = readState(stackFolder)
  if (!state || !isAlive(state.launcher)) return { healthy: false, text: 'It does not run.' }
  const rows = [state.launcher, ...state.members].map(
    one => `  ${one.name.padEnd(12)} ${String(one.pid).padStart(8)}  ${isAlive(one) ? 'runs' : 'ended'}`,
  )
  const healthy = state.ready && state.members.every(isAlive)
  return { healthy, text: [...rows, healthy ? state.summary : 'Not everything is ready.'].join('\n') }
}
