import { deliverTo, sender, testHttp, testSql } from '#shared/testing'
import { sampleApp } from './app'
import { sampleClients } from './clients'
import { compose } from './compose'
import type { SampleDb } from './database'
import { sampleHandlers } from './events'
import * as migrations from './migrations'
import { testProducts } from './testing-clients'

/** The service in-process, on a schema of its own. */
export const testSample = async () => {
  const [store, web, products] = await Promise.all([
    testSql<SampleDb>({ service: 'favourite', migrations }),
    testHttp('favourite'),
    testProducts(),
  ])
  const service = compose({ sql: store.sql, clients: sampleClients(products.client) })
  return {
    products,
    failures: web.failures,
    send: sender(sampleApp({ http: web.http, ...service }), { under: '/api/samples' }),
    as: web.as,
    asService: web.asService,
    handle: deliverTo(sampleHandlers(service)),
    published: store.published,
    stop: () => Promise.all([store.drop(), products.stop()]),
  }
}
