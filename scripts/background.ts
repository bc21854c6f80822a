import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from './install'
import { privateFolder } from './servers/server'
import { isAlive, readState } from './state'

/** Where `bun start` keeps data, secrets and logs. */
export const stackFolder = resolve(root, process.env.STACK_DIR || '.data/local')

/** The same start in a process that outlives this one; its progress is shown until all is ready. */
export async function startDetached(args: readonly string[], tell: (line: string) => void) {
  const log = `${privateFolder(stackFolder)}.log`
  const output = openSync(log, 'w')
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'start.ts'), ...args.filter(arg => arg !== '--detach')], {
    cwd: root,
    stdio: ['ignore', output, output],
    detached: true,
  })
  closeSync(output)
  let shown = 0
  const showMore = () => {
    const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
    const end = text.lastIndexOf('\n') + 1
    if (end > shown) tell(text.slice(shown, end).trimEnd())
    shown = Math.max(shown, end)
  }
  for (;;) {
    const state = readState(stackFolder)
    const ready = state?.launcher.pid === child.pid && state.ready
    const ended = child.exitCode !== null
    showMore()
    if (ended) throw new Error(`it did not start; all it said is in ${log}`)
    if (ready) break
    await Bun.sleep(100)
  }
  child.unref()
  tell(`It runs on by itself (pid ${child.pid}), logging to ${log}. \`bun run status\`, \`bun run stop\`.`)
}

/** A line for each process of the stack, and whether all is well. */
export function status() {
  const state = readState(stackFolder)
  if (!state || !isAlive(state.launcher)) return { well: false, text: 'It does not run.' }
  const rows = [state.launcher, ...state.members].map(
    one => `  ${one.name.padEnd(12)} ${String(one.pid).padStart(8)}  ${isAlive(one) ? 'runs' : 'ended'}`,
  )
  const well = state.ready && state.members.every(isAlive)
  return { well, text: [...rows, well ? state.summary : 'Not all is ready.'].join('\n') }
}
