import { inventoryCommitFailed, inventoryCommitted, inventoryRejected, inventoryReleased, inventoryReserved } from '#shared/catalog'
import type { Message, Publish } from '#shared/events'
import type { Sql } from '#shared/sql'
import type { InventoryDb, ReservationRow } from './database'
import { allocate, bySku, type Line, nextStep, type Portion, type ReservationState } from './domain'
import { hold, lockShelves, move, placeIn, type Shelf, saveShelves, type Trx, type Why } from './shelves'

/** What an event tells of an order; facts are only ever added. */
export interface News {
  items?: readonly Line[]
  placed?: true
  wanted?: true
  cancelled?: true
  expiry?: { at: Date; version: number }
}

interface Outcome {
  state: ReservationState
  reason?: string
  /** Nothing was held, so nothing is told. */
  quiet?: boolean
}

const eventOf = {
  new: undefined,
  waiting: undefined,
  reserved: inventoryReserved,
  rejected: inventoryRejected,
  committed: inventoryCommitted,
  commit_failed: inventoryCommitFailed,
  expired: inventoryReleased,
  released: inventoryReleased,
} as const

/** How long an order waits for a product that has not been heard of. */
const waitMs = 30_000

const linesOf = ({ items }: Pick<ReservationRow, 'items'>): Line[] => (items === null ? [] : JSON.parse(items))

/** The row is made if need be and stays locked: what is told of one order is taken in one after the other. */
const lockReservation = async (trx: Trx, orderId: number): Promise<ReservationRow> => {
  await trx.insertInto('reservations').ignore().values({ order_id: orderId }).execute()
  return trx.selectFrom('reservations').selectAll().where('order_id', '=', orderId).forUpdate().executeTakeFirstOrThrow()
}

const portionsOf = (trx: Trx, orderId: number): Promise<Portion[]> =>
  trx.selectFrom('reservation_lines').select(['sku', 'warehouse', 'quantity']).where('order_id', '=', orderId).orderBy('sku').execute()

/** All lines or none. An unknown SKU is not the same as too little of it: its product may be on the way. */
const portionsFor = (lines: readonly Line[], shelves: Map<string, Shelf>): Portion[] | 'unknown' | 'short' => {
  const portions: Portion[] = []
  for (const [sku, wanted] of bySku(lines)) {
    const shelf = shelves.get(sku)
    if (!shelf?.sku.opened) return 'unknown'
    if (shelf.sku.archived) return 'short'
    const found = allocate(sku, wanted, shelf.places)
    if (!found) return 'short'
    portions.push(...found)
  }
  return portions
}

/** Lets `change` work on the locked place of each portion. */
const eachPlace = async (
  trx: Trx,
  portions: readonly Portion[],
  publish: Publish,
  change: (shelf: Shelf, portion: Portion) => Promise<void>,
) => {
  const shelves = await lockShelves(trx, [...new Set(portions.map(({ sku }) => sku))])
  for (const portion of portions) await change(shelves.get(portion.sku)!, portion)
  await saveShelves(trx, shelves.values(), publish)
}

export const reservations = (sql: Sql<InventoryDb>) => {
  const acquire = async (trx: Trx, row: ReservationRow, publish: Publish, leave: boolean): Promise<Outcome> => {
    const { order_id: orderId } = row
    const lines = linesOf(row)
    const shelves = await lockShelves(trx, [...bySku(lines).keys()])
    const portions = portionsFor(lines, shelves)
    if (typeof portions === 'string') {
      if (leave) return { state: 'commit_failed', reason: 'out_of_stock' }
      const waited = Date.now() - row.created_at.getTime()
      if (portions === 'unknown' && waited < waitMs) return { state: 'waiting' }
      return { state: 'rejected', reason: portions === 'unknown' ? 'unknown_product' : 'out_of_stock' }
    }
    for (const { sku, warehouse, quantity } of portions) {
      const shelf = shelves.get(sku)!
      const place = await placeIn(trx, shelf, warehouse)
      if (leave) await move(trx, shelf, place, -quantity, { kind: 'committed', orderId })
      else hold(shelf, place, quantity)
    }
    await trx.deleteFrom('reservation_lines').where('order_id', '=', orderId).execute()
    await trx
      .insertInto('reservation_lines')
      .values(portions.map(portion => ({ order_id: orderId, ...portion })))
      .execute()
    await saveShelves(trx, shelves.values(), publish)
    return { state: leave ? 'committed' : 'reserved' }
  }

  const letGo = (trx: Trx, orderId: number, publish: Publish) =>
    portionsOf(trx, orderId).then(portions =>
      eachPlace(trx, portions, publish, async (shelf, { warehouse, quantity }) =>
        hold(shelf, await placeIn(trx, shelf, warehouse), -quantity),
      ),
    )

  const steps = {
    reserve: (trx: Trx, row: ReservationRow, publish: Publish) => acquire(trx, row, publish, false),
    take: (trx: Trx, row: ReservationRow, publish: Publish) => acquire(trx, row, publish, true),
    async commit(trx: Trx, { order_id: orderId }: ReservationRow, publish: Publish): Promise<Outcome> {
      await eachPlace(trx, await portionsOf(trx, orderId), publish, async (shelf, { warehouse, quantity }) => {
        const place = await placeIn(trx, shelf, warehouse)
        hold(shelf, place, -quantity)
        await move(trx, shelf, place, -quantity, { kind: 'committed', orderId })
      })
      return { state: 'committed' }
    },
    async release(trx: Trx, { order_id: orderId }: ReservationRow, publish: Publish): Promise<Outcome> {
      await letGo(trx, orderId, publish)
      return { state: 'released' }
    },
    async restock(trx: Trx, { order_id: orderId }: ReservationRow, publish: Publish): Promise<Outcome> {
      await putBack(trx, await portionsOf(trx, orderId), publish, { kind: 'restocked', orderId })
      return { state: 'released' }
    },
    close: async (): Promise<Outcome> => ({ state: 'released', quiet: true }),
    nothing: async (_trx: Trx, { state }: ReservationRow): Promise<Outcome> => ({ state }),
  }

  const putBack = (trx: Trx, portions: readonly Portion[], publish: Publish, why: Why) =>
    eachPlace(trx, portions, publish, async (shelf, { warehouse, quantity }) =>
      move(trx, shelf, await placeIn(trx, shelf, warehouse), quantity, why),
    )

  const conclude = async (trx: Trx, row: ReservationRow, { state, reason, quiet }: Outcome, publish: Publish) => {
    const version = state === row.state ? row.version : row.version + 1
    const { order_id, items, placed, wanted, cancelled, expires_at, expiry_version } = row
    await trx
      .updateTable('reservations')
      .set({
        state,
        items,
        placed: placed === 1,
        wanted: wanted === 1,
        cancelled: cancelled === 1,
        expires_at,
        expiry_version,
        version,
        updated_at: new Date(),
      })
      .where('order_id', '=', order_id)
      .execute()
    const told = eventOf[state]
    if (!told || quiet || state === row.state) return
    const expires = state === 'reserved' && expires_at ? { expires_at: expires_at.toISOString() } : {}
    publish(told({ id: order_id, version }, { order_id, lines: linesOf(row), ...expires, ...(reason && { reason }) }))
  }

  const advance = async (trx: Trx, row: ReservationRow, publish: Publish) => {
    const step = nextStep(row.state, { placed: row.placed === 1, wanted: row.wanted === 1, cancelled: row.cancelled === 1 })
    await conclude(trx, row, await steps[step](trx, row, publish), publish)
  }

  return {
    /** Adds what an event tells to what is known of the order, and does what follows, once. */
    hear: (message: Message, orderId: number, news: News) =>
      sql.once(message, async (trx, publish) => {
        const row = await lockReservation(trx, orderId)
        if (news.items && row.items === null)
          row.items = JSON.stringify(news.items.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity })))
        if (news.placed) row.placed = 1
        if (news.wanted) row.wanted = 1
        if (news.cancelled) row.cancelled = 1
        if (news.expiry && news.expiry.version > row.expiry_version) {
          row.expires_at = news.expiry.at
          row.expiry_version = news.expiry.version
        }
        await advance(trx, row, publish)
      }),

    /** Orders that wait for a product they named: tried again, or refused when they have waited long enough. */
    async retryWaiting(limit = 100): Promise<void> {
      const waiting = await sql.db
        .selectFrom('reservations')
        .select('order_id')
        .where('state', '=', 'waiting')
        .orderBy('expires_at')
        .limit(limit)
        .execute()
      for (const { order_id } of waiting) {
        await sql.transaction(async (trx, publish) => {
          const row = await lockReservation(trx, order_id)
          if (row.state === 'waiting') await advance(trx, row, publish)
        })
      }
    },

    /** Gives back what nobody paid for in time. */
    async expire(now: Date, limit = 100): Promise<void> {
      const due = await sql.db
        .selectFrom('reservations')
        .select('order_id')
        .where('state', '=', 'reserved')
        .where('expires_at', '<=', now)
        .orderBy('expires_at')
        .limit(limit)
        .execute()
      for (const { order_id } of due) {
        await sql.transaction(async (trx, publish) => {
          const row = await lockReservation(trx, order_id)
          if (row.state !== 'reserved' || !row.expires_at || row.expires_at > now) return
          await letGo(trx, order_id, publish)
          await conclude(trx, row, { state: 'expired', reason: 'expired' }, publish)
        })
      }
    },

    /** What came back goes to the shelf it left, once a return. */
    receive: (message: Message, { orderId, returnId, lines }: { orderId: number; returnId: number; lines: readonly Line[] }) =>
      sql.once(message, async (trx, publish) => {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('returns')
          .ignore()
          .values({ return_id: returnId, order_id: orderId })
          .executeTakeFirst()
        if (numInsertedOrUpdatedRows === 0n) return
        const left = await portionsOf(trx, orderId)
        const portions = [...bySku(lines)].map(([sku, quantity]) => ({
          sku,
          quantity,
          warehouse: left.find(portion => portion.sku === sku)?.warehouse ?? 'main',
        }))
        await putBack(trx, portions, publish, { kind: 'returned', orderId })
      }),
  }
}
export type Reservations = ReturnType<typeof reservations>
