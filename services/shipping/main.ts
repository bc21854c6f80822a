import type { Environment } from '#shared/config'
import { groupInterval } from '#shared/outbox'
import { revocationStream } from '#shared/revocations'
import { runService } from '#shared/service'
import { day, second } from '#shared/time'
import { shippingApp } from './app'
import { contractsFromSettings } from './carriers/contracts'
import { shippingClients } from './clients'
import { compose } from './compose'
import type { ShippingDb } from './database'
import { shippingHandlers } from './events'
import * as migrations from './migrations'

export const start = (env?: Environment) =>
  runService(
    'shipping',
    async ({ http, bus, every, client, config, ...kernel }) => {
      const sql = await kernel.sql<ShippingDb>(migrations)
      const shipping = compose({
        sql,
        clients: shippingClients(client),
        carriers: contractsFromSettings(config),
        follow: onEntry => kernel.follow(kernel.redis.key('live'), onEntry),
        log: kernel.log,
        groupIntervalMs: groupInterval.inBackground,
        stuckAfterMs: config.integer('SHIPMENT_STUCK_AFTER_MS', 7 * day),
      })
      kernel.follow(revocationStream, ({ sid }) => shipping.streams.endSession(sid))
      kernel.onDrain(shipping.streams.close)
      await bus.consume(shippingHandlers(shipping))
      every('following up shipments', second / 2, shipping.followUpShipments)
      return shippingApp({ http, ...shipping })
    },
    env,
  )

if (import.meta.main) await start()
