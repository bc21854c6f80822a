import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Servers } from './platform'
import { replaceFile } from './replace-file'
import { until } from './until'

/** The processes of a stack, written where `status` and `stop` find them. */
export type Member = { name: string; pid: number; born: string }
export type State = { launcher: Member; ready: boolean; summary: string; members: Member[]; servers?: Servers; carts?: string }

const fileIn = (dir: string) => join(dir, 'state.json')

export const member = (name: string, pid: number): Member => ({ name, pid, born: startTime(pid) })

/** Linux reuses the pids of dead processes; the start time tells whether this is still the same process. */
export function isAlive({ pid, born }: Member) {
  try {
    process.kill(pid, 0)
    return born !== 'ended' && startTime(pid) === born
  } catch {
    return false
  }
}

export const writeState = (dir: string, state: State) => replaceFile(fileIn(dir), JSON.stringify(state, null, 2))
export const removeState = (dir: string) => rmSync(fileIn(dir), { force: true })

export function readState(dir: string): State | undefined {
  if (!existsSync(fileIn(dir))) return undefined
  return JSON.parse(readFileSync(fileIn(dir), 'utf8'))
}

/** Ends the processes that a killed launcher left running, the youngest first. */
export async function endLeftovers(dir: string, report: (line: string) => void) {
  const left = (readState(dir)?.members ?? []).filter(isAlive).reverse()
  if (left.length > 0) report(`ending processes of an earlier start: ${left.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`)
  for (const one of left) await end(one, 5000)
  removeState(dir)
}

/** Asks a process to end, and kills it if it has not after `timeoutMs`. */
export async function end(one: Member, timeoutMs: number) {
  const ended = (ms: number) => until(`the end of ${one.name}`, () => !isAlive(one), { timeoutMs: ms, everyMs: 50 })
  signal(one, 'SIGTERM')
  await ended(timeoutMs).catch(() => {
    signal(one, 'SIGKILL')
    return ended(5000)
  })
}

/** Does nothing if the process has ended meanwhile: a server ends by itself when its helper does. */
function signal(one: Member, name: 'SIGTERM' | 'SIGKILL') {
  if (isAlive(one)) process.kill(one.pid, name)
}

/** When the process started, in ticks since the machine did. A zombie has ended. */
function startTime(pid: number) {
  if (!existsSync('/proc/self/stat')) return ''
  try {
    // The command's name stands in brackets and may contain blanks, so the fields are counted behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? 'ended')
  } catch {
    return 'ended'
  }
}
