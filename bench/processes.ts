import { readdirSync, readFileSync } from 'node:fs'

/** What Linux says of processes. */
const fieldsOf = (pid: number) => {
  try {
    // The command's name stands in brackets and may hold blanks: counted behind it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** These and all that they started: Nginx's workers, the broker's machine. */
export const withChildren = (pids: readonly number[]): number[] => {
  const parents = new Map(
    readdirSync('/proc')
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

/** Proportional set size in MiB: what a process costs, with its share of what it has in common with others. */
export const pss = async (pids: readonly number[]): Promise<number> => {
  let kib = 0
  for (const pid of pids) kib += Number(/^Pss:\s+(\d+)/m.exec(await Bun.file(`/proc/${pid}/smaps_rollup`).text())?.[1] ?? 0)
  return kib / 1024
}

const msPerTick = 10

/** Processor time that these have used until now, in ms. */
export const processorMs = (pids: readonly number[]): number =>
  pids.map(fieldsOf).reduce((sum, fields) => sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * msPerTick, 0)
