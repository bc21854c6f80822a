import { conflict, invalid } from '#shared/errors'

/** A parcel's life: what may follow what, and how much of an order is left to send. */

export const statuses = ['created', 'picked_up', 'in_transit', 'delivered', 'failed', 'voided'] as const
export type Status = (typeof statuses)[number]
/** What a carrier, or somebody for it, may say of a parcel. */
export const reportable = ['picked_up', 'in_transit', 'delivered', 'failed'] as const
export type Reported = (typeof reportable)[number]

export const next: Record<Status, readonly Status[]> = {
  created: ['picked_up', 'failed', 'voided'],
  picked_up: ['in_transit', 'delivered', 'failed'],
  in_transit: ['delivered', 'failed'],
  delivered: [],
  failed: [],
  voided: [],
}
export const isEnded = (status: Status) => next[status].length === 0

export const requireLegal = (from: Status, to: Status): void => {
  if (next[from].includes(to)) return
  const legal = next[from].filter(status => status !== 'voided')
  const detail = legal.length > 0 ? `From ${from} it can become ${legal.join(' or ')}.` : `A parcel that is ${from} changes no more.`
  throw conflict('illegal_transition', detail)
}

const way: readonly Status[] = ['created', 'picked_up', 'in_transit', 'delivered']

/** The steps from here to where a carrier says the parcel is: it may have skipped some. None when that is no news. */
export const stepsTo = (from: Status, reported: Reported): Reported[] => {
  if (isEnded(from)) return []
  if (reported === 'failed') return ['failed']
  return reportable.filter(step => way.indexOf(step) > way.indexOf(from) && way.indexOf(step) <= way.indexOf(reported))
}

export interface Line {
  product_id: string
  sku: string
  quantity: number
}
export interface Sent {
  status: Status
  lines: readonly Line[]
}

/** One line a SKU. */
export const bySku = (lines: readonly Line[]): Line[] => {
  const summed = new Map<string, Line>()
  for (const line of lines) {
    const quantity = (summed.get(line.sku)?.quantity ?? 0) + line.quantity
    summed.set(line.sku, { product_id: line.product_id, sku: line.sku, quantity })
  }
  return [...summed.values()]
}

/** What no parcel carries or has brought: what was in one that failed can be sent again. */
export const linesLeft = (ordered: readonly Line[], shipments: readonly Sent[]): Line[] => {
  const taken = new Map<string, number>()
  for (const { status, lines } of shipments) {
    if (status === 'failed' || status === 'voided') continue
    for (const { sku, quantity } of lines) taken.set(sku, (taken.get(sku) ?? 0) + quantity)
  }
  return bySku(ordered)
    .map(line => ({ ...line, quantity: line.quantity - (taken.get(line.sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0)
}

export interface WantedLine {
  product_id: string
  sku?: string | undefined
  quantity: number
}

/** The lines of a new parcel: all that is left, or those asked for, never more than is left of them. */
export const chooseLines = (ordered: readonly Line[], left: readonly Line[], wanted: readonly WantedLine[] | undefined): Line[] => {
  if (left.length === 0) throw conflict('nothing_left', 'Every line of this order is in a parcel already.')
  if (wanted === undefined) return [...left]
  const chosen = bySku(wanted.map(line => ({ ...line, sku: skuOf(ordered, line) })))
  for (const { sku, quantity } of chosen) {
    const rest = left.find(line => line.sku === sku)?.quantity ?? 0
    if (quantity > rest) throw conflict('over_shipped', 'That is more of a line than the order has left to send.')
  }
  return chosen
}

const skuOf = (ordered: readonly Line[], { product_id, sku }: WantedLine): string => {
  const own = bySku(ordered).filter(line => line.product_id === product_id && (sku === undefined || line.sku === sku))
  if (own.length > 1) throw invalid('sku_required', 'The order has several SKUs of this product; say which one by `sku`.')
  const [found] = own
  if (!found) throw invalid('unknown_line', 'The order has no such line; name products and SKUs as the order does.')
  return found.sku
}
