import { conflict, invalid } from '#shared/errors'

/** A shipment is one parcel of an order: which status may follow which, and which lines of the order are left to ship. */

export const statuses = ['created', 'picked_up', 'in_transit', 'delivered', 'failed', 'voided'] as const
export type Status = (typeof statuses)[number]
/** The statuses that a carrier reports, or an admin in its place. */
export const carrierStatuses = ['picked_up', 'in_transit', 'delivered', 'failed'] as const
export type CarrierStatus = (typeof carrierStatuses)[number]

export const nextStatuses: Record<Status, readonly Status[]> = {
  created: ['picked_up', 'failed', 'voided'],
  picked_up: ['in_transit', 'delivered', 'failed'],
  in_transit: ['delivered', 'failed'],
  delivered: [],
  failed: [],
  voided: [],
}
export const isFinal = (status: Status) => nextStatuses[status].length === 0

export const requireLegalStep = (from: Status, to: Status): void => {
  if (nextStatuses[from].includes(to)) return
  const legal = nextStatuses[from].filter(status => status !== 'voided')
  const detail =
    legal.length > 0 ? `From ${from} it can become ${legal.join(' or ')}.` : `A shipment that is ${from} does not change again.`
  throw conflict('illegal_transition', detail)
}

const deliveryRoute: readonly Status[] = ['created', 'picked_up', 'in_transit', 'delivered']

/** The steps from a status to the one that a carrier reports, those that it skipped included; none when the report is old. */
export const stepsUpTo = (from: Status, reported: CarrierStatus): CarrierStatus[] => {
  if (isFinal(from)) return []
  if (reported === 'failed') return ['failed']
  const [start, end] = [deliveryRoute.indexOf(from), deliveryRoute.indexOf(reported)]
  return carrierStatuses.filter(step => deliveryRoute.indexOf(step) > start && deliveryRoute.indexOf(step) <= end)
}

export interface Line {
  product_id: string
  sku: string
  quantity: number
}
export interface ShippedLines {
  status: Status
  lines: readonly Line[]
}

/** Lines of the same SKU become one, with their quantities added. */
export const mergeBySku = (lines: readonly Line[]): Line[] => {
  const merged = new Map<string, Line>()
  for (const line of lines) {
    const quantity = (merged.get(line.sku)?.quantity ?? 0) + line.quantity
    merged.set(line.sku, { product_id: line.product_id, sku: line.sku, quantity })
  }
  return [...merged.values()]
}

/** The lines that are in no shipment; those of a failed or voided one can be shipped again. */
export const remainingLines = (ordered: readonly Line[], shipments: readonly ShippedLines[]): Line[] => {
  const shipped = new Map<string, number>()
  for (const { status, lines } of shipments) {
    if (status === 'failed' || status === 'voided') continue
    for (const { sku, quantity } of lines) shipped.set(sku, (shipped.get(sku) ?? 0) + quantity)
  }
  return mergeBySku(ordered)
    .map(line => ({ ...line, quantity: line.quantity - (shipped.get(line.sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0)
}

export interface RequestedLine {
  product_id: string
  sku?: string | undefined
  quantity: number
}

/** The lines of a new shipment: those requested, or all that remain. */
export const selectLines = (
  ordered: readonly Line[],
  remaining: readonly Line[],
  requested: readonly RequestedLine[] | undefined,
): Line[] => {
  if (remaining.length === 0) throw conflict('nothing_left', 'Every line of this order is in a shipment already.')
  if (requested === undefined) return [...remaining]
  const selected = mergeBySku(requested.map(line => ({ ...line, sku: skuOfLine(ordered, line) })))
  for (const { sku, quantity } of selected) {
    const available = remaining.find(line => line.sku === sku)?.quantity ?? 0
    if (quantity > available)
      throw conflict('over_shipped', `Of ${sku} the order has ${available} left to ship; ask for no more than that.`)
  }
  return selected
}

const skuOfLine = (ordered: readonly Line[], { product_id, sku }: RequestedLine): string => {
  const matching = mergeBySku(ordered).filter(line => line.product_id === product_id && (sku === undefined || line.sku === sku))
  if (matching.length > 1) throw invalid('sku_required', 'The order has several SKUs of this product; name one in `sku`.')
  const [found] = matching
  if (!found) throw invalid('unknown_line', 'The order has no such line; use the product ids and SKUs of the order.')
  return found.sku
}
