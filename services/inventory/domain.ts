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

/** What was heard of an order. */
export interface OrderFacts {
  /** From the first event that brought them: an order's lines never change. */
  lines: readonly Line[]
  /** `order.created` was seen. */
  placed: boolean
  /** Paid, or to be paid on delivery: its stock is to leave. */
  wanted: boolean
  cancelled: boolean
  /** Until when unpaid stock is held, as said by the order's change of this version. */
  expiry: { at: Date; version: number } | undefined
}
export type News = Partial<OrderFacts>

export const nothingHeard: OrderFacts = { lines: [], placed: false, wanted: false, cancelled: false, expiry: undefined }

/** Facts are only ever added, so that it doesn't matter in which order, or how often, they are told. */
export const learn = (facts: OrderFacts, { lines = [], placed, wanted, cancelled, expiry }: News): OrderFacts => ({
  lines: facts.lines.length > 0 ? facts.lines : lines,
  placed: facts.placed || placed === true,
  wanted: facts.wanted || wanted === true,
  cancelled: facts.cancelled || cancelled === true,
  expiry: expiry && expiry.version > (facts.expiry?.version ?? 0) ? expiry : facts.expiry,
})

export type Step = 'reserve' | 'commit' | 'take' | 'release' | 'restock' | 'close' | 'nothing'

/** What is to be done now. It depends on what is known, never on which of it came last. */
export const nextStep = (state: ReservationState, { placed, wanted, cancelled }: Omit<OrderFacts, 'lines' | 'expiry'>): Step => {
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
export const available = ({ quantity, reserved }: Pick<Place, 'quantity' | 'reserved'>) => quantity - reserved

/** Takes from the main warehouse first, then from the fullest, so that few parcels leave; nothing when all together have too little. */
export const allocate = (sku: string, wanted: number, places: readonly Place[]): Portion[] | undefined => {
  const order = [...places].sort(
    (a, b) => Number(b.warehouse === mainWarehouse) - Number(a.warehouse === mainWarehouse) || available(b) - available(a),
  )
  const portions: Portion[] = []
  let missing = wanted
  for (const place of order) {
    const quantity = Math.min(missing, available(place))
    if (quantity > 0) portions.push({ sku, warehouse: place.warehouse, quantity })
    missing -= quantity
  }
  return missing === 0 ? portions : undefined
}

export interface Offer {
  opened: boolean
  archived: boolean
  places: readonly Place[]
}

/** All lines or none. A SKU not yet heard of is not the same as too little of it: its product may be on the way. */
export const portionsFor = (lines: readonly Line[], offerOf: (sku: string) => Offer | undefined): Portion[] | 'unknown' | 'short' => {
  const portions: Portion[] = []
  let unknown = false
  for (const [sku, wanted] of bySku(lines)) {
    const offer = offerOf(sku)
    if (!offer?.opened) {
      unknown = true
      continue
    }
    const found = offer.archived ? undefined : allocate(sku, wanted, offer.places)
    if (!found) return 'short'
    portions.push(...found)
  }
  return unknown ? 'unknown' : portions
}
