import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { day, minute, second } from '#shared/time'
import { paymentApp } from './app'
import { paymentClients } from './clients'
import { compose } from './compose'
import type { PaymentDb } from './database'
import { readDeployment } from './deployment'
import { paymentHandlers } from './events'
import { sumUpLedger } from './ledger-balances'
import * as migrations from './migrations'
import { openProviders } from './providers/providers'

export const start = (env?: Environment) =>
  runService(
    'payment',
    async ({ http, bus, every, client, config, log, metrics, ...kernel }) => {
      const sql = await kernel.sql<PaymentDb>(migrations)
      const transferDueMs = config.integer('BANK_TRANSFER_DUE_MS', 3 * day)
      const deployment = await readDeployment(sql)
      const answers = metrics.counter('payments_total', 'Payments, by the status and provider of their answer', ['status', 'provider'])
      const payments = compose({
        sql,
        log,
        clients: paymentClients(client),
        ...(await openProviders({ sql, config, transferDueMs, deployment: deployment.name })),
        keyPrefix: deployment.keyPrefix,
        terms: { transferDueMs },
        onAnswer: ({ status, provider }) => answers.inc({ status, provider }),
      })
      await bus.consume(paymentHandlers(payments))
      every('ask providers for missing outcomes', second / 2, () => payments.followUp.sweep())
      every('hold orders for payments that take longer', second, () => payments.holds.sweep())
      every('forget old ids that were reserved for payments', minute, () => payments.claims.forgetOldIds())
      every('sum the ledger up', minute, () => sumUpLedger(sql))
      const unsettled = metrics.gauge('refunds_unsettled', 'Refunds that are pending for long, or failed and not made up for')
      every('count unsettled refunds', minute, async () => unsettled.set((await payments.payments.unsettledRefunds()).length))
      every('void unfinished payments', 5 * second, () => payments.expire())
      every('settle webhooks that wait for their payment', second, () => payments.webhooks.sweep())
      every('send the webhooks of the sandbox', second / 4, payments.deliverSandboxWebhooks)
      return paymentApp({ http, ...payments })
    },
    env,
  )

if (import.meta.main) await start()
