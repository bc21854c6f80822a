import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { orderApp } from './app'
import type { OrderDb } from './database'
import { orderHandlers } from './events'
import * as migrations from './migrations'
import { neighbours } from './neighbours'
import { createOrders } from './orders'

const minute = 60_000
const day = 24 * 60 * minute
const abandonedMs = 5000

export const start = (env?: Environment) =>
  runService(
    'order',
    async ({ http, bus, every, client, config, ...kernel }) => {
      const sql = await kernel.sql<OrderDb>(migrations)
      const terms = {
        paymentTimeoutMs: config.integer('ORDER_PAYMENT_TIMEOUT_MS', 15 * minute),
        transferDueMs: config.integer('BANK_TRANSFER_DUE_MS', 3 * day),
        claimMs: config.integer('CLAIM_MS', minute),
      }
      const orders = createOrders({ sql, neighbours: neighbours(client), terms })
      await bus.consume(orderHandlers(orders))
      every('cancel orders that nobody paid in time', 1000, () => orders.timeouts.sweep(new Date()))
      every('finish cancellations', 1000, () => orders.cancelling.finish(new Date(Date.now() - abandonedMs)))
      return orderApp({ http, ...orders })
    },
    env,
  )

if (import.meta.main) await start()
