import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The fields of a process in /proc after its command; none once it has ended. */
const fieldsOf = (pid: number) => {
  try {
    // The command is in brackets and may contain spaces, so the fields are counted after it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** The processes and all that they started, such as Nginx's workers and the broker's Erlang VM. */
export const withChildren = (pids: readonly number[]): number[] => {
  const parents = new Map(
    (existsSync('/proc/self/stat') ? readdirSync('/proc') : [])
      .filter(name => /^\d+$/.test(name))
      .map(name => [Number(name), Number(fieldsOf(Number(name))[1])]),
  )
  const found = new Set(pids)
  for (let before = 0; before < found.size; ) {
    before = found.size
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid)
  }
  return [...found]
}

/** Kills a process and all that it started, which is looked up first: nothing tells whose children they were once it has ended. */
export const killWithChildren = (pid: number) => {
  for (const one of withChildren([pid]))
    try {
      process.kill(one, 'SIGKILL')
    } catch {
      // It has ended already.
    }
}

/** Proportional set size in MiB: the memory of the processes, where a shared page counts in part. */
export const pss = async (pids: readonly number[]): Promise<number> => {
  let kib = 0
  for (const pid of pids) kib += Number(/^Pss:\s+(\d+)/m.exec(await Bun.file(`/proc/${pid}/smaps_rollup`).text())?.[1] ?? 0)
  return kib / 1024
}

const msPerTick = 10

/** Processor time that the processes have used so far. */
export const processorMs = (pids: readonly number[]): number =>
  pids.map(fieldsOf).reduce((sum, fields) => sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * msPerTick, 0)
