import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { day } from '#shared/time'
import { paymentApp } from './app'
import { orderDesk } from './claim'
import type { PaymentDb } from './database'
import { paymentHandlers } from './events'
import * as migrations from './migrations'
import { createPayments } from './payments'
import { openProviders } from './providers/providers'

export const start = (env?: Environment) =>
  runService(
    'payment',
    async ({ http, bus, every, client, config, log, metrics, ...kernel }) => {
      const sql = await kernel.sql<PaymentDb>(migrations)
      const transferDueMs = config.integer('BANK_TRANSFER_DUE_MS', 3 * day)
      const answered = metrics.counter('payments_total', 'Payments, by the status that they were answered with', ['status', 'provider'])
      const payments = createPayments({
        sql,
        log,
        orders: orderDesk(client),
        ...(await openProviders({ sql, config, transferDueMs })),
        transferDueMs,
        answered: ({ status, provider }) => answered.inc({ status, provider }),
      })
      await bus.consume(paymentHandlers({ orders: payments.news }))
      every('ask providers what became of it', 500, () => payments.errands.sweep())
      every('give up what nobody finished', 5000, () => payments.errands.expire())
      every('settle webhooks that wait for their payment', 1000, () => payments.webhooks.sweep())
      every('send the webhooks of the sandbox', 250, payments.deliver)
      return paymentApp({ http, ...payments })
    },
    env,
  )

if (import.meta.main) await start()
