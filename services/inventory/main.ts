import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { inventoryApp } from './app'
import { stockByHand } from './by-hand'
import type { InventoryDb } from './database'
import { reservationStates, stockDrift } from './drift'
import { inventoryHandlers } from './events'
import * as migrations from './migrations'
import { productNews } from './products'
import { stockRepository } from './repository'
import { reservations } from './reservations'
import { returnedGoods } from './returns'

export const start = (env?: Environment) =>
  runService(
    'inventory',
    async ({ http, bus, every, ...kernel }) => {
      const sql = await kernel.sql<InventoryDb>(migrations)
      const orders = reservations(sql)
      await bus.consume(inventoryHandlers({ products: productNews(sql), orders, returns: returnedGoods(sql) }))
      every('expire reservations', 1000, () => orders.expire(new Date()))
      every('retry orders that wait for a product', 500, () => orders.retryWaiting())
      return inventoryApp({
        http,
        stock: stockRepository(sql),
        byHand: stockByHand(sql),
        drift: stockDrift(sql),
        reservationStates: reservationStates(sql),
      })
    },
    env,
  )

if (import.meta.main) await start()
