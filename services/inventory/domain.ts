export interface OrderLine {
  product_id: string
  sku: string
  quantity: number
}

/** Why a quantity on hand has changed. */
export const movementKinds = ['opening', 'set', 'adjusted', 'committed', 'restocked', 'returned'] as const
export type MovementKind = (typeof movementKinds)[number]

/**
 * How far an order's stock has come. `rejected`, `expired` and `commit_failed` hold no stock, but an order that is paid after `rejected`
 * or `expired` is still served from what is available. `released` is the final state of a cancelled order.
 */
export type ReservationState = 'new' | 'waiting' | 'reserved' | 'rejected' | 'expired' | 'committed' | 'commit_failed' | 'released'

/** What the order's events have said so far. */
export interface OrderFacts {
  /** From the first event that carries them: an order's lines never change. */
  lines: readonly OrderLine[]
  /** `order.created` has arrived. */
  placed: boolean
  /** The order is paid, or is to be paid on delivery: its stock can leave. */
  fulfillable: boolean
  cancelled: boolean
  /** How long unpaid stock stays reserved, according to this version of the order. */
  expiry: { at: Date; version: number } | undefined
}

export const noOrderFacts: OrderFacts = { lines: [], placed: false, fulfillable: false, cancelled: false, expiry: undefined }

/** Facts are only ever added, so events may arrive in any order and any number of times. */
export const addOrderFacts = (
  known: OrderFacts,
  { lines = [], placed, fulfillable, cancelled, expiry }: Partial<OrderFacts>,
): OrderFacts => ({
  lines: known.lines.length > 0 ? known.lines : lines,
  placed: known.placed || placed === true,
  fulfillable: known.fulfillable || fulfillable === true,
  cancelled: known.cancelled || cancelled === true,
  expiry: expiry && expiry.version > (known.expiry?.version ?? 0) ? expiry : known.expiry,
})

export type ReservationStep = 'reserve' | 'commit' | 'commitUnreserved' | 'release' | 'restock' | 'close' | 'nothing'

/** The step depends on which facts are known, not on which of them arrived last. */
export const nextReservationStep = (
  state: ReservationState,
  { placed, fulfillable, cancelled }: Pick<OrderFacts, 'placed' | 'fulfillable' | 'cancelled'>,
): ReservationStep => {
  if (state === 'released') return 'nothing'
  if (cancelled) return state === 'reserved' ? 'release' : state === 'committed' ? 'restock' : 'close'
  if (state === 'committed' || state === 'commit_failed') return 'nothing'
  if (fulfillable) return state === 'reserved' ? 'commit' : 'commitUnreserved'
  return placed && (state === 'new' || state === 'waiting') ? 'reserve' : 'nothing'
}

/** What a step adds to the reserved pieces and to those on hand, for each piece that is allocated to the order, and where it leads. */
export const stockSteps = {
  reserve: { reserved: 1, onHand: 0, to: 'reserved' },
  commit: { reserved: -1, onHand: -1, to: 'committed' },
  commitUnreserved: { reserved: 0, onHand: -1, to: 'committed' },
  release: { reserved: -1, onHand: 0, to: 'released' },
  /** Of the pieces that did not come back before. */
  restock: { reserved: 0, onHand: 1, to: 'released' },
} as const satisfies Partial<Record<ReservationStep, { reserved: number; onHand: number; to: ReservationState }>>

/** Whether stock that is reserved for an order is given to others, since nobody paid in time. */
export const isExpired = (state: ReservationState, { expiry }: Pick<OrderFacts, 'expiry'>, now: Date) =>
  state === 'reserved' && expiry !== undefined && expiry.at <= now

/** Sums the lines of each SKU. */
export const quantityBySku = (lines: readonly OrderLine[]): Map<string, number> => {
  const sums = new Map<string, number>()
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
  return sums
}

export interface WarehouseStock {
  warehouse: string
  quantity: number
  reserved: number
}
/** How many pieces of a SKU an order gets from one warehouse. */
export interface Allocation {
  sku: string
  warehouse: string
  quantity: number
}

/** An allocation whose goods have left, and how many of them the customer sent back. */
export interface LeftAllocation extends Allocation {
  returned: number
}

export interface ReturnedLine extends OrderLine {
  warehouse?: string
}

export const mainWarehouse = 'main'
export const availableQuantity = ({ quantity, reserved }: Pick<WarehouseStock, 'quantity' | 'reserved'>) => quantity - reserved

/** Allocates from the main warehouse first, then from the fullest, to keep parcels few. Undefined if the total is too low. */
export const allocateSku = (sku: string, ordered: number, stock: readonly WarehouseStock[]): Allocation[] | undefined => {
  const order = [...stock].sort(
    (a, b) => Number(b.warehouse === mainWarehouse) - Number(a.warehouse === mainWarehouse) || availableQuantity(b) - availableQuantity(a),
  )
  const allocations: Allocation[] = []
  let missing = ordered
  for (const row of order) {
    const quantity = Math.min(missing, availableQuantity(row))
    if (quantity > 0) allocations.push({ sku, warehouse: row.warehouse, quantity })
    missing -= quantity
  }
  return missing === 0 ? allocations : undefined
}

/**
 * Where returned pieces go: to the warehouse that the line names, else to those that they came from. What did not come from any, such as a
 * return that arrives before its order, goes to the main warehouse.
 */
export const allocateReturn = (lines: readonly ReturnedLine[], left: readonly LeftAllocation[]) => {
  const out = left.map(allocation => ({ ...allocation, out: allocation.quantity - allocation.returned }))
  const received = new Map<string, Allocation>()
  const receive = (sku: string, warehouse: string, quantity: number) => {
    if (quantity === 0) return
    const key = `${warehouse} ${sku}`
    received.set(key, { sku, warehouse, quantity: (received.get(key)?.quantity ?? 0) + quantity })
  }
  for (const { sku, quantity, warehouse } of lines) {
    let rest = quantity
    for (const allocation of out.filter(one => one.sku === sku && (warehouse === undefined || one.warehouse === warehouse))) {
      const pieces = Math.min(rest, allocation.out)
      allocation.out -= pieces
      rest -= pieces
      receive(sku, allocation.warehouse, pieces)
    }
    receive(sku, warehouse ?? mainWarehouse, rest)
  }
  return [...received.values()]
}

export interface SkuAvailability {
  /** The opening balance has been counted. */
  opened: boolean
  archived: boolean
  stock: readonly WarehouseStock[]
}
export type AllocationFailure = 'unknown_product' | 'out_of_stock'

/** All lines or none. An unknown SKU is not out of stock: the event that creates its product may still be on its way. */
export const allocateLines = (
  lines: readonly OrderLine[],
  availabilityOf: (sku: string) => SkuAvailability | undefined,
): Allocation[] | AllocationFailure => {
  const allocations: Allocation[] = []
  let unknown = false
  for (const [sku, quantity] of quantityBySku(lines)) {
    const known = availabilityOf(sku)
    if (!known?.opened) {
      unknown = true
      continue
    }
    const allocated = known.archived ? undefined : allocateSku(sku, quantity, known.stock)
    if (!allocated) return 'out_of_stock'
    allocations.push(...allocated)
  }
  return unknown ? 'unknown_product' : allocations
}

/** The version in a product's ETag: it grows with every change of any of its SKUs. */
export const productStockVersion = (skus: readonly { opened: number; version: number }[]) =>
  skus.reduce((sum, { opened, version }) => sum + (opened === 1 ? version : 0), 0)
