import { createHmac } from 'node:crypto'
import type { Config } from '#shared/config'
import type { Sql } from '#shared/sql'
import { second } from '#shared/time'
import type { PaymentDb } from '../database'
import { offlineProvider } from './offline'
import type { Provider } from './provider'
import { sandboxProvider } from './sandbox'

interface Options {
  sql: Sql<PaymentDb>
  config: Pick<Config, 'optional' | 'text' | 'integer' | 'internalKey'>
  transferDueMs: number
  deployment: string
}

/** The default secret is derived from the platform's key, not public: anyone who can sign for the sandbox can mark any order as paid. */
export const sandboxSecret = (internalKey: string) => createHmac('sha256', internalKey).update('sandbox webhooks').digest('hex')

const demoAccount = 'Demo Bank, IBAN XX00 0000 0000 (not a real account: send no money)'
const longestAccount = 200

/** On one line: it is a row of a mail. */
const accountFrom = (given: string | undefined): string | undefined => {
  const account = given?.replaceAll(/\s+/g, ' ').trim() || undefined
  if (account && account.length > longestAccount) throw new Error(`BANK_ACCOUNT must have at most ${longestAccount} characters`)
  return account
}

/**
 * The providers of this deployment; PAYMENT_PROVIDER names the one for cards and wallets. The sandbox exists only while it is that
 * one. Every provider with credentials exists, so that its old payments can be refunded after a change to another provider. The
 * shop takes bank transfers if it knows the account that they go to.
 */
export const openProviders = async ({ sql, config, transferDueMs, deployment }: Options) => {
  const onlineProvider = config.text('PAYMENT_PROVIDER', 'sandbox')
  const secret = config.text('SANDBOX_WEBHOOK_SECRET', sandboxSecret(config.internalKey))
  const sandbox =
    onlineProvider === 'sandbox' ? sandboxProvider({ sql, secret, lateMs: config.integer('SANDBOX_LATE_MS', 2 * second) }) : undefined
  const bankSecret = config.optional('BANK_WEBHOOK_SECRET') ?? (sandbox && secret)
  const account = accountFrom(config.optional('BANK_ACCOUNT')) ?? (sandbox && demoAccount)
  const providers: Provider[] = [offlineProvider({ secret: bankSecret, dueMs: transferDueMs, account })]
  if (sandbox) providers.push(sandbox)
  const stripeKey = config.optional('STRIPE_SECRET_KEY')
  if (stripeKey) {
    const { stripeProvider } = await import('./stripe')
    providers.push(
      stripeProvider({
        key: stripeKey,
        webhookSecret: config.text('STRIPE_WEBHOOK_SECRET'),
        deployment,
        url: config.optional('STRIPE_URL'),
      }),
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
        deployment,
        url: config.text('PAYPAL_URL', 'https://api-m.paypal.com'),
      }),
    )
  }
  if (!providers.some(({ name }) => name === onlineProvider))
    throw new Error(`PAYMENT_PROVIDER is ${onlineProvider}, but the credentials of that provider are not set`)
  return { providers, sandbox, onlineProvider, takesTransfers: account !== undefined }
}
