import type { Environment } from '#shared/config'
import { groupInterval } from '#shared/outbox'
import { runService } from '#shared/service'
import { second } from '#shared/time'
import { inventoryApp } from './app'
import { compose } from './compose'
import type { InventoryDb } from './database'
import { inventoryHandlers } from './events'
import * as migrations from './migrations'

export const start = (env?: Environment) =>
  runService(
    'inventory',
    async ({ http, bus, every, log, ...kernel }) => {
      const sql = await kernel.sql<InventoryDb>(migrations)
      const inventory = compose({ sql, log, groupIntervalMs: groupInterval.ofOrders })
      await bus.consume(inventoryHandlers(inventory))
      every('expire reservations', second, () => inventory.reservations.expire(new Date()))
      every('retry orders that wait for a product', second / 2, () => inventory.reservations.retryWaiting())
      return inventoryApp({ http, ...inventory })
    },
    env,
  )

if (import.meta.main) await start()
