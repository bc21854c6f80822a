import { createHmac } from 'node:crypto'
import type { Config } from '#shared/config'
import type { Sql } from '#shared/sql'
import type { PaymentDb } from '../database'
import { offlineProvider } from './offline'
import type { Provider } from './provider'
import { sandboxProvider } from './sandbox'

interface Options {
  sql: Sql<PaymentDb>
  config: Pick<Config, 'optional' | 'text' | 'integer' | 'internalKey'>
  transferDueMs: number
}

/** Unless it is set, nobody outside the platform knows it: who could sign for the sandbox could pay for everything. */
export const sandboxSecret = (internalKey: string) => createHmac('sha256', internalKey).update('sandbox webhooks').digest('hex')

/**
 * Who takes the money, by PAYMENT_PROVIDER. The sandbox is there only while it is the chosen one. A provider with credentials
 * is there in any case, so that its old payments can be refunded after a change to another.
 */
export const openProviders = async ({ sql, config, transferDueMs }: Options) => {
  const chosen = config.text('PAYMENT_PROVIDER', 'sandbox')
  const secret = config.text('SANDBOX_WEBHOOK_SECRET', sandboxSecret(config.internalKey))
  const sandbox = chosen === 'sandbox' ? sandboxProvider({ sql, secret, lateMs: config.integer('SANDBOX_LATE_MS', 2000) }) : undefined
  const bankSecret = config.optional('BANK_WEBHOOK_SECRET') ?? (sandbox && secret)
  const providers: Provider[] = [offlineProvider({ secret: bankSecret, dueMs: transferDueMs })]
  if (sandbox) providers.push(sandbox)
  const stripeKey = config.optional('STRIPE_SECRET_KEY')
  if (stripeKey) {
    const { stripeProvider } = await import('./stripe')
    providers.push(
      stripeProvider({ key: stripeKey, webhookSecret: config.text('STRIPE_WEBHOOK_SECRET'), url: config.optional('STRIPE_URL') }),
    )
  }
  const clientId = config.optional('PAYPAL_CLIENT_ID')
  if (clientId) {
    const { paypalProvider } = await import('./paypal')
    providers.push(
      paypalProvider({
        clientId,
        secret: config.text('PAYPAL_SECRET'),
        webhookId: config.text('PAYPAL_WEBHOOK_ID'),
        url: config.text('PAYPAL_URL', 'https://api-m.paypal.com'),
      }),
    )
  }
  if (!providers.some(({ name }) => name === chosen)) throw new Error(`PAYMENT_PROVIDER is ${chosen}, but its credentials are not set`)
  return { providers, sandbox, provider: chosen }
}
