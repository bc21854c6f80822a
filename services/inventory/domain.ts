export interface Line {
  product_id: string
  sku: string
  quantity: number
}

/**
 * How far an order's stock has come. `rejected`, `expired` and `commit_failed` hold nothing, but a paid order may still take what is there;
 * `released` is the end of a cancelled order.
 */
export type ReservationState = 'new' | 'waiting' | 'reserved' | 'rejected' | 'expired' | 'committed' | 'commit_failed' | 'released'

/** What was heard of an order, in whatever order it came. */
export interface OrderFacts {
  /** `order.created` was seen. */
  placed: boolean
  /** Paid, or to be paid on delivery: its stock is to leave. */
  wanted: boolean
  cancelled: boolean
}

export type Step = 'reserve' | 'commit' | 'take' | 'release' | 'restock' | 'close' | 'nothing'

/** What is to be done now. It depends on what is known, never on which of it came last. */
export const nextStep = (state: ReservationState, { placed, wanted, cancelled }: OrderFacts): Step => {
  if (state === 'released') return 'nothing'
  if (cancelled) return state === 'reserved' ? 'release' : state === 'committed' ? 'restock' : 'close'
  if (state === 'committed' || state === 'commit_failed') return 'nothing'
  if (wanted) return state === 'reserved' ? 'commit' : 'take'
  return placed && (state === 'new' || state === 'waiting') ? 'reserve' : 'nothing'
}

/** How much of each SKU, whatever lines it was asked in. */
export const bySku = (lines: readonly Line[]): Map<string, number> => {
  const sums = new Map<string, number>()
  for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
  return sums
}

export interface Place {
  warehouse: string
  quantity: number
  reserved: number
}
export interface Portion {
  sku: string
  warehouse: string
  quantity: number
}

export const mainWarehouse = 'main'

/** Takes from the main warehouse first, then from the fullest, so that few parcels leave; nothing when all together have too little. */
export const allocate = (sku: string, wanted: number, places: readonly Place[]): Portion[] | undefined => {
  const free = ({ quantity, reserved }: Place) => quantity - reserved
  const order = [...places].sort(
    (a, b) => Number(b.warehouse === mainWarehouse) - Number(a.warehouse === mainWarehouse) || free(b) - free(a),
  )
  const portions: Portion[] = []
  let missing = wanted
  for (const place of order) {
    const quantity = Math.min(missing, free(place))
    if (quantity > 0) portions.push({ sku, warehouse: place.warehouse, quantity })
    missing -= Math.max(0, quantity)
  }
  return missing === 0 ? portions : undefined
}

export const available = ({ quantity, reserved }: { quantity: number; reserved: number }) => quantity - reserved
