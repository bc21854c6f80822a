import type { Environment } from '#shared/config'
import { groupInterval } from '#shared/outbox'
import { runService } from '#shared/service'
import { minute, second } from '#shared/time'
import { orderApp } from './app'
import { orderClients } from './clients'
import { compose } from './compose'
import type { OrderDb } from './database'
import { orderHandlers } from './events'
import * as migrations from './migrations'

/** A cancellation that its request did not finish within this time is finished by the sweep. */
const abandonedMs = 5 * second

export const start = (env?: Environment) =>
  runService(
    'order',
    async ({ http, bus, every, client, config, log, notices, ...kernel }) => {
      const sql = await kernel.sql<OrderDb>(migrations)
      const terms = {
        paymentTimeoutMs: config.integer('ORDER_PAYMENT_TIMEOUT_MS', 15 * minute),
        claimMs: config.integer('CLAIM_MS', minute),
      }
      const service = compose({
        sql,
        clients: orderClients(client),
        terms,
        log,
        notices: notices('payable'),
        groupIntervalMs: groupInterval.ofOrders,
      })
      await bus.consume(orderHandlers(service))
      every('cancel orders that nobody paid in time', second, () => service.timeouts.sweep(new Date()))
      every('finish cancellations', second, () => service.finishCancellations(new Date(Date.now() - abandonedMs)))
      every('erase what was under way at an erasure', minute, () => service.personalData.forgetStragglers(new Date()))
      return orderApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
