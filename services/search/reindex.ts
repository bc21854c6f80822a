import type { Logger } from 'pino'
import { chunks } from '#shared/chunks'
import { conflict } from '#shared/errors'
import type { Redis } from '#shared/redis'
import { buildIndex } from './build-index'
import type { SearchClients } from './clients'
import { knownOf } from './known-product'
import type { Leases } from './leases'
import type { ProductRepository } from './repository'
import type { IndexSnapshots } from './snapshots'

interface Ports {
  redis: Redis
  clients: SearchClients
  products: ProductRepository
  snapshots: IndexSnapshots
  leases: Leases
  log: Pick<Logger, 'info' | 'warn'>
}

type CatalogItem = Awaited<ReturnType<SearchClients['catalogAfter']>>[number]

const pageSize = 100
const lanes = 20

export interface Progress {
  state: 'never' | 'running' | 'done' | 'failed'
  products: number
  started_at?: string
  finished_at?: string
}

/**
 * Reads the whole catalog again and makes the index anew from it, in one instance at a time. Meanwhile every instance answers from the
 * index that it has, and events go on being stored: of two versions of a product the newer one stays, whichever way it came.
 */
export const reindexing = ({ redis, clients, products, snapshots, leases, log }: Ports) => {
  const { client } = redis
  const [progressKey, filledKey] = [redis.key('reindex'), redis.key('filled')]
  const report = (fields: Partial<Progress>) => client.hset(progressKey, fields)

  const progress = async (): Promise<Progress> => {
    const { state, products: count, started_at, finished_at } = await client.hgetall(progressKey)
    const known = (['running', 'done', 'failed'] as const).find(one => one === state) ?? 'never'
    return { state: known, products: Number(count ?? 0), ...(started_at && { started_at }), ...(finished_at && { finished_at }) }
  }

  const storeQuietly = async (item: CatalogItem) => {
    await products.put(knownOf(item), { quiet: true })
    if (item.rating) await products.setRating(item.product.id, item.rating, { quiet: true })
  }

  /** Stores every product of the catalog, and returns their ids. */
  const readCatalog = async (isHeld: () => boolean) => {
    const seen = new Set<string>()
    let after: string | undefined
    for (;;) {
      const page = await clients.catalogAfter(after, pageSize)
      for (const some of chunks(page, lanes)) await Promise.all(some.map(storeQuietly))
      for (const { product } of page) seen.add(product.id)
      after = page.at(-1)?.product.id
      await report({ products: seen.size })
      if (!isHeld()) throw new Error('another instance took over')
      if (page.length < pageSize) return seen
    }
  }

  /** What is stored but not in the catalog, as after a restored backup, leaves the index, unless it came up during this run. */
  const forgetStrangers = async (seen: ReadonlySet<string>) => {
    const strangers: string[] = []
    for await (const batch of products.batches()) strangers.push(...batch.map(({ id }) => id).filter(id => !seen.has(id)))
    for (const some of chunks(strangers, pageSize)) for (const id of await clients.missingOf(some)) await products.forget(id)
  }

  const run = async (isHeld: () => boolean) => {
    await report({ state: 'running', products: 0, started_at: new Date().toISOString() })
    const generation = await snapshots.nextGeneration()
    await forgetStrangers(await readCatalog(isHeld))
    const position = await products.position()
    const { buffer, size } = await buildIndex(undefined, products.batches())
    if (!isHeld() || !(await snapshots.write(generation, buffer, position))) throw new Error('another instance took over')
    await products.announce({ kind: 'rebuilt', generation: String(generation) })
    await client.set(filledKey, new Date().toISOString())
    await report({ state: 'done', products: size, finished_at: new Date().toISOString() })
    log.info({ products: size }, 'the index was made anew')
  }

  /** Undefined while another instance, or this one, is at it. A promise in an object, since `await` would wait for the bare one. */
  const begin = async (): Promise<{ done: Promise<void> } | undefined> => {
    const lease = await leases.take('index')
    if (!lease) return undefined
    const done = run(lease.isHeld)
      .catch(async error => {
        await report({ state: 'failed', finished_at: new Date().toISOString() }).catch(() => {})
        throw error
      })
      .finally(lease.release)
    return { done }
  }

  return {
    progress,
    /** Begins, and returns when it is under way. */
    async start(): Promise<Progress> {
      const work = await begin()
      if (work) {
        work.done.catch(error => log.warn({ err: error }, 'the index could not be made anew'))
        return { ...(await progress()), state: 'running' }
      }
      const present = await progress()
      if (present.state !== 'running') throw conflict('index_busy', 'The index is being saved; try again in a moment.', 5)
      return present
    },
    /** Does it now, and returns when it is done; false if somebody else is at it. */
    async runNow(): Promise<boolean> {
      const work = await begin()
      await work?.done
      return work !== undefined
    },
    /** An index that was never filled, or whose store is new, is filled from the catalog, which had products before. */
    async fillIfEmpty(): Promise<void> {
      if ((await client.exists(filledKey)) === 0) await (await begin())?.done
    },
  }
}
export type Reindexing = ReturnType<typeof reindexing>
