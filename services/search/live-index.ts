import type { Logger } from 'pino'
import { within } from '#shared/deadline'
import { isUnavailable, unavailable } from '#shared/errors'
import type { Fanout, FanoutOptions } from '#shared/redis'
import { minute, second } from '#shared/time'
import { buildIndex } from './build-index'
import type { Change } from './domain'
import { type ProductIndex, productIndex } from './domain-index'
import { synonymsOf } from './domain-keyword'
import type { Leases } from './leases'
import type { Entry, Position, ProductRepository } from './repository'
import type { IndexSnapshots } from './snapshots'
import type { SynonymStore } from './synonyms'

interface Ports {
  products: ProductRepository
  snapshots: IndexSnapshots
  synonyms: SynonymStore
  leases: Leases
  follow(stream: string, onEntry: FanoutOptions['onEntry'], options: Pick<FanoutOptions, 'after'>): Pick<Fanout, 'ready'>
  log: Pick<Logger, 'info' | 'warn'>
}

const startWithinMs = 5 * second

/** The index of this instance. It begins with a snapshot or with what is stored, and follows the changes from there. */
export const liveIndex = ({ products, snapshots, synonyms, leases, follow, log }: Ports) => {
  let index = productIndex()
  let position: Position = { n: 0, id: '0-0' }
  let stopped = false
  /** How late the newest change was taken over, and when. */
  let [lagMs, handledAt] = [0, 0]

  const replaceBy = async (next: ProductIndex, from: Position) => {
    next.useSynonyms(synonymsOf(await synonyms.read()))
    index = next
    position = from
  }

  /** From what is stored. The position is read first, so a change meanwhile is read again, which does no harm. */
  const rebuild = async () => {
    const from = await products.position()
    const segment = await buildIndex(undefined, products.batches())
    await replaceBy(productIndex(segment), from)
  }

  const changeOf = async ({ kind, id = '', ...entry }: Entry): Promise<Change | undefined> => {
    if (kind === 'product') {
      const product = await products.read(id)
      return product ? { kind: 'put', product } : { kind: 'remove', id }
    }
    if (kind === 'stock') return { kind, id, available: Number(entry.available) }
    if (kind === 'rating') return { kind, id, rating: Number(entry.rating), ratings: Number(entry.ratings) }
    if (kind === 'popularity') return { kind, id, popularity: Number(entry.popularity) }
    return undefined
  }

  /** The whole index was made anew: takes it over, with the changes since, while the one before goes on answering. */
  const adopt = async (generation: number, entryId: string) => {
    const snapshot = await snapshots.read()
    if (!snapshot || snapshot.generation < generation) return rebuild()
    const next = productIndex(snapshot.segment)
    let { n } = snapshot.position
    for await (const [, entry] of products.changesBetween(snapshot.position.id, entryId)) {
      if (Number(entry.n) > n + 1) return rebuild()
      n = Number(entry.n)
      const change = await changeOf(entry)
      if (change) next.apply(change)
    }
    await replaceBy(next, position)
  }

  let merging: Promise<unknown> | undefined
  const merge = async (target: ProductIndex) => {
    const { segment, dead, products } = target.beginMerge()
    try {
      const built = await buildIndex({ segment, dead }, [products])
      target.endMerge(built)
      return built
    } catch (error) {
      target.endMerge()
      throw error
    }
  }
  const mergeIfDue = () => {
    if (merging || !index.isMergeDue()) return
    merging = merge(index)
      .catch(error => log.warn({ err: error }, 'the index could not be merged; it is tried again after the next change'))
      .finally(() => {
        merging = undefined
      })
  }

  const handle = async (entry: Entry, id: string) => {
    if (entry.kind === 'rebuilt') return adopt(Number(entry.generation), id)
    if (entry.kind === 'synonyms') return index.useSynonyms(synonymsOf(await synonyms.read()))
    const change = await changeOf(entry)
    if (change) index.apply(change)
    mergeIfDue()
  }

  const onEntry: FanoutOptions['onEntry'] = async (entry, at, id) => {
    const n = Number(entry.n)
    while (!stopped) {
      try {
        if (n > position.n + 1) {
          log.warn({ missed: n - position.n - 1 }, 'changes of the index were missed: building it anew from what is stored')
          await rebuild()
        } else await handle(entry, id)
        break
      } catch (error) {
        if (!isUnavailable(error)) throw error
        await Bun.sleep(100)
      }
    }
    // What was not handled must not be in a snapshot's position.
    if (stopped) return
    position = { n, id }
    handledAt = Date.now()
    lagMs = Math.max(0, handledAt - at.getTime())
  }

  let begun = false
  const begin = async () => {
    while (!stopped && !begun) {
      try {
        const snapshot = await snapshots.read()
        if (snapshot) await replaceBy(productIndex(snapshot.segment), snapshot.position)
        else await rebuild()
        begun = true
      } catch (error) {
        if (!isUnavailable(error)) throw error
        await Bun.sleep(200)
      }
    }
    if (!stopped) await follow(products.stream, onEntry, { after: position.id }).ready
  }

  return {
    get index() {
      if (!begun) throw unavailable('search_not_ready', 'The index is being read; try again in a moment.')
      return index
    },
    /** A change of long ago says nothing about the present. */
    state: () => ({ products: index.size, lagMs: Date.now() - handledAt < minute ? lagMs : 0 }),
    rebuild,
    /** Should it take longer, for instance while Redis is down, the instance starts all the same and catches up. */
    start: () => within(startWithinMs, begin()),
    stop() {
      stopped = true
    },

    /** Writes what this instance knows for those that start later. One instance does, when something has changed. */
    async save(): Promise<boolean> {
      const head = await snapshots.head()
      if (merging || index.size === 0 || head?.position.n === position.n) return false
      const lease = await leases.take('index')
      if (!lease) return false
      try {
        const generation = await snapshots.nextGeneration()
        if (merging) return false
        const from = position
        const work = merge(index)
        merging = work.finally(() => {
          merging = undefined
        })
        merging.catch(() => {})
        const { buffer } = await work
        return lease.isHeld() && (await snapshots.write(generation, buffer, from))
      } finally {
        await lease.release()
      }
    },
  }
}
export type LiveIndex = ReturnType<typeof liveIndex>
