import type { Environment } from '#shared/config'
import { groupInterval } from '#shared/outbox'
import { runService } from '#shared/service'
import { taxApp } from './app'
import { compose } from './compose'
import type { TaxDb } from './database'
import { taxHandlers } from './events'
import * as migrations from './migrations'

export const start = (env?: Environment) =>
  runService(
    'tax',
    async ({ http, bus, ...kernel }) => {
      const sql = await kernel.sql<TaxDb>(migrations)
      const tax = compose({ sql, groupIntervalMs: groupInterval.inBackground })
      await bus.consume(taxHandlers(tax))
      return taxApp({ http, ...tax })
    },
    env,
  )

if (import.meta.main) await start()
