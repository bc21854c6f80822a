import type { PoolState } from '../sql/pool'

/** The most connections of a pool that are in use at once while `work` goes on. */
export const mostConnections = async ({ pool }: { pool: PoolState }, work: () => Promise<unknown>): Promise<number> => {
  let most = 0
  const look = setInterval(() => {
    most = Math.max(most, pool.inUse)
  }, 0)
  await work().finally(() => clearInterval(look))
  return most
}
