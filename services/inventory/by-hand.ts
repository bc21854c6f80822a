import { invalid, notFound } from '#shared/errors'
import { requireMatch } from '#shared/etag'
import type { Sql } from '#shared/sql'
import type { InventoryDb, SkuRow, StockRow } from './database'
import { lockShelvesOf, move, placeIn, type Shelf, type Shelves, saveShelves, type Why } from './shelves'

/** A product of several SKUs has several stocks: the caller says which one is meant. */
interface Target {
  productId: string
  sku?: string | undefined
}
type Headers = Record<string, string | undefined>
type ByHand = Pick<Why, 'userId' | 'reason'> & { warehouse: string; headers: Headers }

const meant = (shelves: Shelves, sku: string | undefined): Shelf => {
  const known = [...shelves.values()].filter(shelf => shelf.sku.opened === 1)
  const sold = known.filter(shelf => shelf.sku.archived === 0)
  if (sku === undefined && sold.length > 1) throw invalid('sku_required', 'This product has several SKUs; say which one by `sku`.')
  const found = sku === undefined ? (sold[0] ?? known[0]) : known.find(shelf => shelf.sku.sku === sku)
  if (!found) throw notFound('stock')
  return found
}

/** What somebody counts, corrects or decides. */
export const stockByHand = ({ transaction }: Pick<Sql<InventoryDb>, 'transaction'>) => {
  const change = (target: Target, kind: Why['kind'], deltaOf: (before: number) => number, { warehouse, headers, ...why }: ByHand) =>
    transaction(async (trx, publish): Promise<StockRow> => {
      const shelves = await lockShelvesOf(trx, target.productId)
      const shelf = meant(shelves, target.sku)
      requireMatch(headers, versionOf([...shelves.values()].map(({ sku }) => sku)))
      const place = await placeIn(trx, shelf, warehouse)
      await move(trx, shelf, place, deltaOf(place.quantity), { kind, ...why })
      await saveShelves(trx, shelves, publish)
      return trx.selectFrom('stock').selectAll().where('id', '=', place.id).executeTakeFirstOrThrow()
    })

  return {
    set: (target: Target, quantity: number, how: ByHand) => change(target, 'set', before => quantity - before, how),
    adjust: (target: Target, delta: number, how: ByHand) => change(target, 'adjusted', () => delta, how),

    setThreshold: (target: Target, threshold: number): Promise<SkuRow> =>
      transaction(async (trx, publish) => {
        const shelves = await lockShelvesOf(trx, target.productId)
        const shelf = meant(shelves, target.sku)
        shelf.changed = shelf.sku.threshold !== threshold
        shelf.sku.threshold = threshold
        await saveShelves(trx, shelves, publish)
        return shelf.sku
      }),
  }
}
export type StockByHand = ReturnType<typeof stockByHand>

/** A product's tag grows with each change of any of its SKUs. */
export const versionOf = (skus: readonly SkuRow[]) => skus.reduce((sum, { opened, version }) => sum + (opened === 1 ? version : 0), 0)
