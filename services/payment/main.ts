import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { paymentApp } from './app'
import { orderDesk } from './claim'
import type { PaymentDb } from './database'
import { paymentHandlers } from './events'
import * as migrations from './migrations'
import { createPayments } from './payments'
import { openProviders } from './providers'

const day = 86_400_000

export const start = (env?: Environment) =>
  runService(
    'payment',
    async ({ http, bus, every, client, config, log, ...kernel }) => {
      const sql = await kernel.sql<PaymentDb>(migrations)
      const transferDueMs = config.integer('BANK_TRANSFER_DUE_MS', 3 * day)
      const payments = createPayments({
        sql,
        log,
        orders: orderDesk(client),
        ...(await openProviders({ sql, config, transferDueMs })),
        transferDueMs,
      })
      await bus.consume(paymentHandlers({ orders: payments.news }))
      every('ask providers, and take in what they told', 500, payments.sweep)
      return paymentApp({ http, ...payments })
    },
    env,
  )

if (import.meta.main) await start()
