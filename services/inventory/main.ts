import { runService } from '#shared/service'
import { inventoryApp } from './app'
import type { InventoryDb } from './database'
import { inventoryHandlers } from './events'
import * as migrations from './migrations'
import { productNews } from './products'
import { stockRepository } from './repository'
import { reservations } from './reservations'

export const start = () =>
  runService('inventory', async ({ http, bus, every, ...kernel }) => {
    const sql = await kernel.sql<InventoryDb>(migrations)
    const orders = reservations(sql)
    await bus.consume(inventoryHandlers({ products: productNews(sql), reservations: orders }))
    every('expire reservations', 1000, () => orders.expire(new Date()))
    every('retry orders that wait for a product', 1000, () => orders.retryWaiting())
    return inventoryApp({ http, stock: stockRepository(sql) })
  })

if (import.meta.main) await start()
