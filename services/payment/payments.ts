import type { Log } from '#shared/log'
import type { Sql } from '#shared/sql'
import { captureDesk } from './capture'
import type { OrderDesk } from './claim'
import type { PaymentDb } from './database'
import { type ErrandOptions, errands } from './errands'
import { orderNews } from './order-news'
import { type PayOptions, payDesk } from './pay'
import type { Provider } from './providers/provider'
import type { Sandbox } from './providers/sandbox'
import { reconciliation } from './reconcile'
import { refundDesk } from './refunds'
import { paymentRepository } from './repository'
import { webhooks } from './webhooks'

interface Options
  extends Pick<PayOptions, 'readyMs' | 'askAfterMs' | 'actionMs' | 'transferDueMs' | 'answered'>,
    Pick<ErrandOptions, 'deadlineMs' | 'giveUpMs'> {
  sql: Sql<PaymentDb>
  log: Pick<Log, 'warn' | 'error'>
  orders: OrderDesk
  providers: readonly Provider[]
  /** Who takes cards and wallets. */
  provider: string
  sandbox?: Sandbox | undefined
}

/** The use cases over one store, wired. */
export const createPayments = ({ providers: list, sandbox, ...options }: Options) => {
  const { sql, log, provider } = options
  const providers = new Map(list.map(one => [one.name, one]))
  const run = errands({ ...options, providers })
  const incoming = webhooks({ sql, providers, log })
  return {
    sql,
    provider,
    sandbox,
    errands: run,
    desk: payDesk({ ...options, errands: run }),
    captures: captureDesk({ ...options, errands: run }),
    refunds: refundDesk({ ...options, errands: run }),
    webhooks: incoming,
    news: orderNews(sql),
    payments: paymentRepository(sql),
    reconcile: reconciliation({ sql, providers }),
    deliver: () => sandbox?.webhooks.deliver((body, headers) => incoming.receive('sandbox', body, headers)) ?? Promise.resolve(),
  }
}
