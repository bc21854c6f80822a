import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { taxApp } from './app'
import type { TaxDb } from './database'
import { taxHandlers } from './events'
import * as migrations from './migrations'
import { taxReport } from './report'
import { rateRepository } from './repository'

export const start = (env?: Environment) =>
  runService(
    'tax',
    async ({ http, bus, sql: openSql }) => {
      const sql = await openSql<TaxDb>(migrations)
      const report = taxReport(sql)
      await bus.consume(taxHandlers({ report }))
      return taxApp({ http, rates: rateRepository(sql), report })
    },
    env,
  )

if (import.meta.main) await start()
