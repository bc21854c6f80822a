import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which processes a stack consists of, written where `status` and `stop` find it. */
export type Member = { name: string; pid: number; born: string }
export type State = { launcher: Member; ready: boolean; summary: string; members: Member[] }

const fileIn = (dir: string) => join(dir, 'state.json')

export const member = (name: string, pid: number): Member => ({ name, pid, born: birth(pid) })

/** Numbers of dead processes are given anew: the time of birth tells whether this is still the same one. */
export function isAlive({ pid, born }: Member) {
  try {
    process.kill(pid, 0)
    return born !== 'ended' && birth(pid) === born
  } catch {
    return false
  }
}

export const writeState = (dir: string, state: State) => writeFileSync(fileIn(dir), JSON.stringify(state, null, 2))
export const forgetState = (dir: string) => rmSync(fileIn(dir), { force: true })

export function readState(dir: string): State | undefined {
  if (!existsSync(fileIn(dir))) return undefined
  return JSON.parse(readFileSync(fileIn(dir), 'utf8'))
}

/** Ends what a launcher that was killed left running, the youngest first. */
export async function endLeftovers(dir: string, tell: (line: string) => void) {
  const left = (readState(dir)?.members ?? []).filter(isAlive).reverse()
  if (left.length > 0) tell(`ending what an earlier start left behind: ${left.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`)
  for (const one of left) {
    process.kill(one.pid, 'SIGTERM')
    if (!(await gone([one], 5000))) process.kill(one.pid, 'SIGKILL')
  }
  forgetState(dir)
}

export async function gone(members: readonly Member[], withinMs: number) {
  const deadline = Date.now() + withinMs
  while (members.some(isAlive)) {
    if (Date.now() > deadline) return false
    await Bun.sleep(50)
  }
  return true
}

/** When the process began, in ticks since the machine did; a zombie counts as ended. */
function birth(pid: number) {
  if (!existsSync('/proc/self/stat')) return ''
  try {
    // The command's name stands in brackets and may hold blanks: count behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? 'ended')
  } catch {
    return 'ended'
  }
}
