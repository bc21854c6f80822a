import { deliverTo, sender, testHttp, testSql } from '#shared/testing'
import { taxApp } from './app'
import { compose } from './compose'
import type { TaxDb } from './database'
import { taxHandlers } from './events'
import * as migrations from './migrations'

/** The service in-process, on a schema of its own, at noon of a day in 2026 unless the test says another `now`. */
export const testTax = async () => {
  const stores = await testSql<TaxDb>({ migrations, service: 'tax' })
  const { http, as, asService, failures } = await testHttp('tax')
  const clock = { now: new Date('2026-11-28T12:00:00Z') }
  const tax = compose({ sql: stores.sql, now: () => clock.now })
  const admin = await as(1, 'admin')
  const call = sender(taxApp({ http, ...tax }))
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = admin) => call(method, path, body, headers)
  const { open, drop } = stores
  return {
    clock,
    admin,
    send,
    as,
    asService,
    failures,
    sql: stores.sql,
    addOrderFact: tax.addOrderFact,
    open,
    deliver: deliverTo(taxHandlers(tax)),
    drop,
  }
}
