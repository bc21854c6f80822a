import { conflict, invalid } from '#shared/errors'
import { neverLeft, type Progress } from './domain'

/** Which lines of an order go into which parcel. A parcel leaves from one warehouse. */

export interface Line {
  product_id: string
  sku: string
  quantity: number
  /** Absent where inventory did not say. */
  warehouse?: string
}
export interface Parcel extends Progress {
  lines: readonly Line[]
}

const keyOf = ({ sku, warehouse }: Pick<Line, 'sku' | 'warehouse'>) => `${warehouse ?? ''} ${sku}`

/** Lines of the same SKU and warehouse become one, with their quantities added. */
export const mergeLines = (lines: readonly Line[]): Line[] => {
  const merged = new Map<string, Line>()
  for (const line of lines) {
    const before = merged.get(keyOf(line))
    merged.set(keyOf(line), { ...line, quantity: (before?.quantity ?? 0) + line.quantity })
  }
  return [...merged.values()]
}

/** What is left of lines when others are taken out. */
const subtractLines = (lines: readonly Line[], taken: readonly Line[]): Line[] => {
  const minus = new Map(mergeLines(taken).map(line => [keyOf(line), line.quantity]))
  return mergeLines(lines)
    .map(line => ({ ...line, quantity: line.quantity - (minus.get(keyOf(line)) ?? 0) }))
    .filter(({ quantity }) => quantity > 0)
}

/** The lines that are in no parcel. Those of a parcel that never left are among them. */
export const remainingLines = (ordered: readonly Line[], parcels: readonly Parcel[]): Line[] =>
  subtractLines(
    ordered,
    parcels.filter(parcel => !neverLeft(parcel)).flatMap(({ lines }) => lines),
  )

/** The first parcels of an order: one for each warehouse. */
export const linesByWarehouse = (lines: readonly Line[]): Line[][] =>
  warehousesOf(lines).map(warehouse => lines.filter(line => line.warehouse === warehouse))

const warehousesOf = (lines: readonly Line[]) => [...new Set(lines.map(({ warehouse }) => warehouse))]

export interface RequestedLine {
  product_id: string
  sku?: string | undefined
  quantity: number
}
interface PackRequest {
  lines?: readonly RequestedLine[] | undefined
  warehouse?: string | undefined
}
interface Packed<P> {
  lines: Line[]
  /** The parcels that lines are taken out of, and what is left in them. */
  repacked: { parcel: P; lines: Line[] }[]
}

/** The lines of a new parcel: all that are in no parcel, or those requested, which also come out of parcels that have not left. */
export const packLines = <P extends Parcel>(
  ordered: readonly Line[],
  parcels: readonly P[],
  { lines: requested, warehouse }: PackRequest,
): Packed<P> => {
  const free = remainingLines(ordered, parcels)
  const from = (lines: readonly Line[], name: string | undefined) => lines.filter(line => line.warehouse === name)
  if (requested === undefined) {
    const lines = from(free, warehouse ?? free[0]?.warehouse)
    if (lines.length === 0) throw conflict('nothing_left', 'Every line of this order is in a shipment already. Name lines to split one.')
    return { lines, repacked: [] }
  }
  const waiting = parcels.filter(({ status }) => status === 'created')
  const available = mergeLines([...free, ...waiting.flatMap(({ lines }) => lines)])
  const wanted = mergeLines(requested.map(line => ({ ...line, sku: skuOfLine(ordered, line) })))
  const enough = (lines: readonly Line[]) => wanted.every(({ sku, quantity }) => pieces(lines, sku) >= quantity)

  const warehouses = warehouse === undefined ? warehousesOf(available) : [warehouse]
  const chosen = warehouses.find(name => enough(from(available, name)))
  const stock = from(available, chosen)
  if (stock.length === 0 || !enough(stock)) throw cannotPack(wanted, warehouse === undefined ? available : stock)

  const lines: Line[] = wanted.map(line => ({ ...line, ...(chosen !== undefined && { warehouse: chosen }) }))
  const repacked: Packed<P>['repacked'] = []
  let missing = subtractLines(lines, free)
  for (const parcel of waiting) {
    const left = subtractLines(parcel.lines, missing)
    if (pieces(left) < pieces(parcel.lines)) repacked.push({ parcel, lines: left })
    missing = subtractLines(missing, parcel.lines)
  }
  return { lines, repacked }
}

const pieces = (lines: readonly Line[], sku?: string) =>
  lines.reduce((sum, line) => (sku === undefined || line.sku === sku ? sum + line.quantity : sum), 0)

const cannotPack = (wanted: readonly Line[], available: readonly Line[]) => {
  const short = wanted.find(({ sku, quantity }) => pieces(available, sku) < quantity)
  return short
    ? conflict(
        'over_shipped',
        `Of ${short.sku} the order has ${pieces(available, short.sku)} that have not left; ask for no more than that.`,
      )
    : conflict('several_warehouses', 'A parcel leaves from one warehouse, and these lines are in several; ask for those of one at a time.')
}

const skuOfLine = (ordered: readonly Line[], { product_id, sku }: RequestedLine): string => {
  const matching = ordered.filter(line => line.product_id === product_id && (sku === undefined || line.sku === sku))
  const skus = [...new Set(matching.map(line => line.sku))]
  if (skus.length > 1) throw invalid('sku_required', 'The order has several SKUs of this product; name one in `sku`.')
  const [found] = skus
  if (found === undefined) throw invalid('unknown_line', 'The order has no such line; use the product ids and SKUs of the order.')
  return found
}
