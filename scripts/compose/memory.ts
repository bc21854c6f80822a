import { readdirSync, readFileSync } from 'node:fs'
import type { Container } from './engine'

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** A process and all that it started. */
const family = (pid: number): number[] => {
  const children = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => new RegExp(`^PPid:\\s+${pid}$`, 'm').test(read(`/proc/${name}/status`)))
  return [pid, ...children.flatMap(child => family(Number(child)))]
}

const pssMiB = (pid: number) => Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024

/** The proportional memory of the services, and of everything, as the kernel counts it. Shared pages are counted once. */
export const memoryOf = (containers: readonly Container[]): string => {
  const each = containers
    .filter(({ pid }) => pid > 0)
    .map(one => ({ ...one, mib: family(one.pid).reduce((sum, pid) => sum + pssMiB(pid), 0) }))
  const sum = (some: typeof each) => Math.round(some.reduce((total, { mib }) => total + mib, 0))
  const ours = each.filter(({ image }) => image.includes('shop-platform/'))
  return `${sum(ours)} MiB in ${ours.length} containers of ours, ${sum(each)} MiB in all ${each.length}`
}
