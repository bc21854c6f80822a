import type { Log } from '#shared/log'
import { askProvider } from './ask-provider'
import { captures } from './captures'
import { claims } from './claims'
import type { PaymentClients } from './clients'
import type { PaymentSql } from './database'
import { expire } from './expire'
import { holds } from './holds'
import { orderFacts } from './order-facts'
import { type PayPorts, pay } from './pay'
import { paymentPersonalData } from './personal-data'
import { providerFollowUp } from './provider-follow-up'
import type { Provider } from './providers/provider'
import type { Sandbox } from './providers/sandbox'
import { reconcile } from './reconcile'
import { refunds } from './refunds'
import { paymentRepository } from './repository'
import { type PaymentTerms, usualTerms } from './terms'
import { webhooks } from './webhooks'

interface Options extends Pick<PayPorts, 'onlineProvider' | 'takesTransfers' | 'keyPrefix' | 'onAnswer'> {
  sql: PaymentSql
  log: Pick<Log, 'warn' | 'error'>
  clients: PaymentClients
  providers: readonly Provider[]
  sandbox?: Sandbox | undefined
  terms?: Partial<PaymentTerms>
}

/** The use cases over one store. */
export const compose = ({ sql, log, clients, sandbox, onlineProvider, ...options }: Options) => {
  const terms = { ...usualTerms, ...options.terms }
  const providers = new Map(options.providers.map(provider => [provider.name, provider]))
  const ask = askProvider({ providers, log, deadlineMs: terms.deadlineMs })
  const followUp = providerFollowUp({ sql, ask, log, terms })
  const orderClaims = claims({ sql, clients, log, readyMs: terms.readyMs })
  const orderHolds = holds({ sql, clients, log, terms })
  const payments = paymentRepository(sql)
  const incoming = webhooks({ sql, providers, log })
  const sandboxRefused = (error: unknown) => log.warn({ err: error }, 'a webhook of the sandbox was not accepted; it is sent again')
  return {
    sql,
    sandbox,
    onlineProvider,
    followUp,
    payments,
    personalData: paymentPersonalData(sql, payments),
    pay: pay({ ...options, sql, claims: orderClaims, holds: orderHolds, ask, log, onlineProvider, terms }),
    claims: orderClaims,
    holds: orderHolds,
    captures: captures({ sql, claims: orderClaims, ask, log, terms }),
    refunds: refunds({ sql, ask, followUp, terms }),
    expire: expire({ sql, log }),
    webhooks: incoming,
    addOrderFact: orderFacts(sql),
    reconcile: reconcile({ sql, providers }),
    deliverSandboxWebhooks: async () =>
      sandbox?.webhooks.deliver((body, headers) => incoming.receive('sandbox', body, headers), sandboxRefused),
  }
}
export type PaymentService = ReturnType<typeof compose>
