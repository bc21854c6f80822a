import { deliverTo, sender, testHttp, testMongo } from '#shared/testing'
import { sampleApp } from '../mysql/app'
import { sampleClients } from '../mysql/clients'
import { sampleHandlers } from '../mysql/events'
import { testProducts } from '../mysql/testing-clients'
import { compose } from './compose'
import { indexes } from './database'

/** The service in-process, on a database of its own. */
export const testSample = async () => {
  const [store, web, products] = await Promise.all([testMongo({ service: 'favourite', indexes }), testHttp('favourite'), testProducts()])
  const service = compose({ mongo: store.mongo, clients: sampleClients(products.client) })
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
