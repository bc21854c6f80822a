import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce, currentTime, plainText, timestamp } from '#shared/sql'

const count = sql`int unsigned`

/** The newest version of each product: an older event cannot bring back a SKU that was removed, or a deleted product. */
export const products: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('products')
      .ifNotExists()
      .addColumn('product_id', 'char(24)', c => c.primaryKey())
      .addColumn('version', 'integer', c => c.notNull().defaultTo(0))
      .addColumn('opened', 'boolean', c => c.notNull().defaultTo(false))
      .modifyEnd(plainText)
      .execute()
  },
}

/** One row per SKU with its totals over all warehouses. Every change of stock locks it first. */
export const skus: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('skus')
      .ifNotExists()
      .addColumn('sku', 'varchar(64)', c => c.primaryKey())
      .addColumn('product_id', 'char(24)', c => c.notNull())
      .addColumn('quantity', count, c => c.notNull().defaultTo(0))
      .addColumn('reserved', count, c => c.notNull().defaultTo(0))
      .addColumn('threshold', count, c => c.notNull().defaultTo(5))
      .addColumn('low', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('opened', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('archived', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('version', 'integer', c => c.notNull().defaultTo(0))
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addCheckConstraint('skus_reserved', sql`reserved <= quantity`)
      .addIndex('skus_product', ['product_id'])
      .addIndex('skus_low', ['low', 'sku'])
      .addIndex('skus_updated', ['updated_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const stock: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('stock')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('product_id', 'char(24)', c => c.notNull())
      .addColumn('sku', 'varchar(64)', c => c.notNull())
      .addColumn('warehouse', 'varchar(32)', c => c.notNull())
      .addColumn('quantity', count, c => c.notNull().defaultTo(0))
      .addColumn('reserved', count, c => c.notNull().defaultTo(0))
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('stock_place', ['sku', 'warehouse'])
      .addCheckConstraint('stock_reserved', sql`reserved <= quantity`)
      .addIndex('stock_product', ['product_id', 'id'])
      .addIndex('stock_warehouse', ['warehouse', 'id'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** Every change of the quantity on hand: the sum of a SKU's movements is its quantity. */
export const movements: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('movements')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('product_id', 'char(24)', c => c.notNull())
      .addColumn('sku', 'varchar(64)', c => c.notNull())
      .addColumn('warehouse', 'varchar(32)', c => c.notNull())
      .addColumn('delta', 'integer', c => c.notNull())
      .addColumn('kind', 'varchar(16)', c => c.notNull())
      .addColumn('reason', 'varchar(200)')
      .addColumn('order_id', 'bigint')
      .addColumn('user_id', 'bigint')
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addIndex('movements_product', ['product_id', 'id'])
      .addIndex('movements_sku', ['sku', 'delta'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** The warehouses that stock may be in: `main`, those that have some, and those that an administrator adds. */
export const warehouses: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('warehouses')
      .ifNotExists()
      .addColumn('name', 'varchar(32)', c => c.primaryKey())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .modifyEnd(plainText)
      .execute()
    await sql`insert ignore into warehouses (name) select 'main' union select warehouse from stock`.execute(db)
  },
}

/** The sum of a SKU's movements up to one of them, so that a check of the sum reads only later ones. */
export const movementCheckpoints: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('movement_checkpoints')
      .ifNotExists()
      .addColumn('sku', 'varchar(64)', c => c.primaryKey())
      .addColumn('movement_id', 'bigint', c => c.notNull())
      .addColumn('quantity', 'bigint', c => c.notNull())
      .modifyEnd(plainText)
      .execute()
    await addOnce(db.schema.createIndex('movements_since').on('movements').columns(['sku', 'id', 'delta']))
  },
}
