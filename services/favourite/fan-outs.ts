import { watchTriggered } from '#shared/catalog'
import type { Log } from '#shared/log'
import { toMajor } from '#shared/money'
import { eachIsolated } from '#shared/sweep'
import type { FanOutRow, FavouriteSql, Trx, WatchRow } from './database'
import { type Change, judge } from './domain'

interface Ports {
  sql: FavouriteSql
  log: Pick<Log, 'warn'>
  clock: () => Date
  /** The shortest time between two messages that a product is back in stock. */
  pauseMs: number
  /** How many watchers are told in one transaction. */
  batchSize: number
}

/** What one run does at most; the next one goes on. */
const mostProducts = 50
const mostBatches = 20

const aboutOf = (change: Change, from: number) =>
  change.currency === null
    ? { from, to: change.amount }
    : { from: toMajor(from, change.currency), to: toMajor(change.amount, change.currency), currency: change.currency }

/**
 * Tells everybody who watches a product of its changes, in batches. What a watcher was told, how far the fan-out is and the messages are stored
 * in one transaction, so a crash repeats nothing and forgets nobody. The lock of a fan-out lets one instance at a time go on with it.
 */
export const fanOuts = ({ sql, log, clock, pauseMs, batchSize }: Ports) => {
  const tellBatch = (productId: string): Promise<boolean> =>
    sql.transaction(async (trx, publish) => {
      // The oldest change of the product first, so that each is compared with the one before it.
      const oldest = trx.selectFrom('fan_outs').selectAll().where('product_id', '=', productId).orderBy('number').limit(1)
      const fanOut = await oldest.forUpdate().executeTakeFirst()
      if (!fanOut) return false
      const watches = await nextWatches(trx, fanOut, batchSize)
      const now = clock()
      const judged = watches.map(watch => ({ watch, verdict: judge(watch, fanOut, now, pauseMs) }))
      const rebased = judged.flatMap(({ watch, verdict }) => (verdict.say === 'rebase' ? [watch] : []))
      const told = judged.flatMap(({ watch, verdict }) => (verdict.say === 'tell' ? [{ watch, from: verdict.from }] : []))
      const known = fanOut.kind === 'price_drop' ? { price: fanOut.amount, currency: fanOut.currency } : {}
      if (rebased.length > 0) await among(trx, fanOut, rebased).set(known).execute()
      if (told.length > 0) {
        const mine = among(
          trx,
          fanOut,
          told.map(({ watch }) => watch),
        )
        await mine.set(row => ({ ...known, told_at: now, version: row('version', '+', 1) })).execute()
      }
      for (const { watch, from } of told) {
        const { id, version, user_id, product_id, kind } = watch
        publish(watchTriggered({ id, version: version + 1 }, { user_id, product_id, kind, ...aboutOf(fanOut, from) }))
      }
      const last = watches.at(-1)
      if (last && watches.length === batchSize)
        await trx.updateTable('fan_outs').set({ after_user: last.user_id }).where('id', '=', fanOut.id).execute()
      else await trx.deleteFrom('fan_outs').where('id', '=', fanOut.id).execute()
      return true
    })

  const tell = async (productId: string) => {
    for (let batch = 0; batch < mostBatches; batch++) if (!(await tellBatch(productId))) return
  }

  return {
    async run(): Promise<void> {
      const waiting = await sql.db.selectFrom('fan_outs').select('product_id').orderBy('id').limit(mostProducts).execute()
      const products = [...new Set(waiting.map(({ product_id }) => product_id))]
      await eachIsolated(products, tell, (err, product_id) => log.warn({ err, product_id }, 'a fan-out failed; it is tried again'))
    },

    /** For gauges. */
    async waiting(): Promise<{ count: number; oldest: Date | undefined }> {
      const { count } = await sql.db
        .selectFrom('fan_outs')
        .select(row => row.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      const oldest = sql.db.selectFrom('fan_outs').select('created_at').orderBy('id').limit(1)
      return { count: Number(count), oldest: (await oldest.executeTakeFirst())?.created_at }
    },
  }
}
export type FanOuts = ReturnType<typeof fanOuts>

const nextWatches = (trx: Trx, { product_id, kind, after_user }: FanOutRow, batchSize: number): Promise<WatchRow[]> =>
  trx
    .selectFrom('watches')
    .selectAll()
    .where('product_id', '=', product_id)
    .where('kind', '=', kind)
    .where('user_id', '>', after_user)
    .orderBy('user_id')
    .limit(batchSize)
    .forUpdate()
    .execute()

const among = (trx: Trx, { product_id, kind }: FanOutRow, watches: readonly WatchRow[]) =>
  trx
    .updateTable('watches')
    .where('product_id', '=', product_id)
    .where('kind', '=', kind)
    .where(
      'user_id',
      'in',
      watches.map(({ user_id }) => user_id),
    )
