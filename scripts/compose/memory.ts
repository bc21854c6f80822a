import { pss, withChildren } from '../processes'
import type { Container } from './engine'

/** The proportional memory of the services, and of everything, as the kernel counts it. Shared pages are counted once. */
export const memoryOf = async (containers: readonly Container[]): Promise<string> => {
  const running = containers.filter(({ pid }) => pid > 0)
  const ours = running.filter(({ image }) => image.includes('shop-platform/'))
  const mib = async (some: readonly Container[]) => Math.round(await pss(withChildren(some.map(({ pid }) => pid))))
  return `${await mib(ours)} MiB in ${ours.length} containers of ours, ${await mib(running)} MiB in all ${running.length}`
}
