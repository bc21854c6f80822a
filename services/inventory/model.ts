import { Drift } from '#shared/drift'
import { PageQuery } from '#shared/page'
import { closed, maxQuantity, named, oneOf, ProductId, Quantity, Sku, type Static, Time, t, text } from '#shared/schema'
import type { MovementRow, SkuRow, StockRow, WarehouseRow } from './database'
import { availableQuantity, movementKinds } from './domain'

const Warehouse = t.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,31}$', examples: ['main'] })
const OnHand = t.Integer({ minimum: 0, maximum: maxQuantity, examples: [25] })

export const WarehouseBody = named('NewWarehouse', closed({ name: Warehouse }, { examples: [{ name: 'east' }] }))
export const WarehouseView = named('Warehouse', t.Object({ name: t.String({ examples: ['main'] }), created_at: Time }))
export const warehouseView = ({ name, created_at }: WarehouseRow): Static<typeof WarehouseView> => ({
  name,
  created_at: created_at.toISOString(),
})

export const ProductParam = closed({ product_id: ProductId })
export const StockQuery = closed({ ...PageQuery.properties, warehouse: t.Optional(Warehouse) })
export const SetStock = named(
  'StockChange',
  closed({ quantity: OnHand, sku: t.Optional(Sku), warehouse: t.Optional(Warehouse) }, { examples: [{ quantity: 25 }] }),
)
export const AdjustStock = named(
  'StockAdjustment',
  closed(
    {
      delta: t.Union([t.Integer({ minimum: 1, maximum: maxQuantity }), t.Integer({ minimum: -maxQuantity, maximum: -1 })], {
        examples: [-2],
      }),
      reason: text(200, 'damaged in the warehouse'),
      sku: t.Optional(Sku),
      warehouse: t.Optional(Warehouse),
    },
    { examples: [{ delta: -2, reason: 'damaged in the warehouse' }] },
  ),
)
export const SetThreshold = named('StockThreshold', closed({ threshold: OnHand, sku: t.Optional(Sku) }, { examples: [{ threshold: 10 }] }))
export const Check = named(
  'StockCheck',
  closed(
    {
      items: t.Array(named('StockCheckItem', closed({ product_id: ProductId, sku: t.Optional(Sku), quantity: Quantity })), {
        minItems: 1,
        maxItems: 100,
      }),
    },
    { examples: [{ items: [{ product_id: '507f1f77bcf86cd799439011', quantity: 2 }] }] },
  ),
)

const level = {
  quantity: t.Integer({ examples: [25] }),
  reserved: t.Integer({ examples: [2] }),
  available: t.Integer({ examples: [23] }),
}
export const StockView = named(
  'Stock',
  t.Object({
    id: t.Integer(),
    product_id: ProductId,
    sku: Sku,
    warehouse: t.String({ examples: ['main'] }),
    ...level,
    updated_at: Time,
  }),
)
export const ProductStockView = named('ProductStock', t.Object({ product_id: ProductId, ...level, items: t.Array(StockView) }))
export const LowView = named('SkuStock', t.Object({ product_id: ProductId, sku: Sku, ...level, threshold: t.Integer({ examples: [10] }) }))
export const CheckView = named(
  'StockCheckResult',
  t.Object({
    available: t.Boolean({ description: 'Whether all items are available right now' }),
    items: t.Array(
      named(
        'StockCheckLine',
        t.Object({ product_id: ProductId, sku: t.Union([Sku, t.Null()]), quantity: Quantity, available: t.Integer({ examples: [23] }) }),
      ),
    ),
  }),
)
export const MovementView = named(
  'StockMovement',
  t.Object({
    id: t.Integer(),
    product_id: ProductId,
    sku: Sku,
    warehouse: t.String({ examples: ['main'] }),
    delta: t.Integer({ examples: [-2] }),
    kind: named('StockMovementKind', oneOf(movementKinds, ['adjusted'])),
    reason: t.Union([t.String({ examples: ['damaged in the warehouse'] }), t.Null()]),
    order_id: t.Union([t.Integer(), t.Null()]),
    user_id: t.Union([t.Integer(), t.Null()], { description: 'The administrator who changed it' }),
    created_at: Time,
  }),
)
export const DriftView = t.Object({
  movements: Drift,
  shelves: Drift,
  reserved: Drift,
  stock: t.Record(t.String(), t.Integer()),
})

export const stockView = ({ id, product_id, sku, warehouse, quantity, reserved, updated_at }: StockRow): Static<typeof StockView> => ({
  id,
  product_id,
  sku,
  warehouse,
  quantity,
  reserved,
  available: quantity - reserved,
  updated_at: updated_at.toISOString(),
})

/** Shows the SKUs that are on sale. Of an archived product, which has none, it shows what is left. */
export const productStockView = (
  product_id: string,
  skus: readonly SkuRow[],
  stock: readonly StockRow[],
): Static<typeof ProductStockView> => {
  const onSale = skus.filter(row => row.archived === 0)
  const shown = new Set((onSale.length > 0 ? onSale : skus).map(({ sku }) => sku))
  const items = stock.filter(({ sku }) => shown.has(sku)).map(stockView)
  const quantity = items.reduce((sum, item) => sum + item.quantity, 0)
  const reserved = items.reduce((sum, item) => sum + item.reserved, 0)
  return { product_id, quantity, reserved, available: quantity - reserved, items }
}

export const lowView = (row: SkuRow): Static<typeof LowView> => {
  const { product_id, sku, quantity, reserved, threshold } = row
  return { product_id, sku, quantity, reserved, available: availableQuantity(row), threshold }
}

export const movementView = ({ created_at, ...movement }: MovementRow): Static<typeof MovementView> => ({
  ...movement,
  created_at: created_at.toISOString(),
})

/** Sums the lines of each SKU. A line without a SKU means its product's only SKU, and finds nothing when there are several. */
export const checkView = (items: Static<typeof Check>['items'], onSale: readonly SkuRow[]): Static<typeof CheckView> => {
  const found = (line: { product_id: string; sku?: string }) => {
    const own = onSale.filter(row => row.product_id === line.product_id && (line.sku === undefined || row.sku === line.sku))
    return own.length === 1 ? own[0] : undefined
  }
  const lines = new Map<string, { product_id: string; sku: string | null; quantity: number; available: number }>()
  for (const item of items) {
    const row = found(item)
    const sku = row?.sku ?? item.sku ?? null
    const key = `${item.product_id} ${sku}`
    const before = lines.get(key)?.quantity ?? 0
    lines.set(key, { product_id: item.product_id, sku, quantity: before + item.quantity, available: row ? availableQuantity(row) : 0 })
  }
  const checked = [...lines.values()]
  return { available: checked.every(line => line.available >= line.quantity), items: checked }
}

export const ReservationsView = t.Object({ reservations: t.Record(t.String(), t.String()) })

export const ProductIds = closed({ product_ids: t.Array(ProductId, { minItems: 1, maxItems: 100 }) })
const LevelView = t.Object({ product_id: ProductId, sku: t.String(), available: t.Integer(), version: t.Integer() })
export const LevelsView = t.Object({ items: t.Array(LevelView) })
export const levelView = (row: SkuRow): Static<typeof LevelView> => {
  const { product_id, sku, version } = row
  return { product_id, sku, available: availableQuantity(row), version }
}
