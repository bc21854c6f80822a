import type { Environment } from '#shared/config'
import { revocationStream } from '#shared/revocations'
import { runService } from '#shared/service'
import { shippingApp } from './app'
import { carriersBy } from './carriers/contracts'
import type { ShippingDb } from './database'
import { shippingHandlers } from './events'
import * as migrations from './migrations'
import { askOrder } from './neighbours'
import { createShipping } from './shipping'

export const start = (env?: Environment) =>
  runService(
    'shipping',
    async ({ http, bus, every, follow, redis, log, config, onDraining, ...kernel }) => {
      const sql = await kernel.sql<ShippingDb>(migrations)
      const shipping = createShipping({
        sql,
        askOrder: askOrder(kernel.client),
        carriers: carriersBy(config),
        follow: onEntry => follow(redis.key('live'), onEntry),
        log,
        stuckAfterMs: config.integer('SHIPMENT_STUCK_AFTER_MS', 7 * 24 * 3_600_000),
      })
      follow(revocationStream, ({ sid }) => shipping.live.endSession(sid))
      onDraining(shipping.live.close)
      await bus.consume(shippingHandlers(shipping))
      every('look after parcels', 500, shipping.tracking.lookAfterDue)
      return shippingApp({ http, ...shipping })
    },
    env,
  )

if (import.meta.main) await start()
