import { deliverTo, sender, testHttp, testRedis } from '#shared/testing'
import { sampleApp } from '../mysql/app'
import { sampleClients } from '../mysql/clients'
import { sampleHandlers } from '../mysql/events'
import { testProducts } from '../mysql/testing-clients'
import { compose } from './compose'

/** The service in-process, with a prefix of its own. */
export const testSample = async () => {
  const [store, web, products] = await Promise.all([testRedis(), testHttp('favourite'), testProducts()])
  const service = compose({ redis: store.redis, clients: sampleClients(products.client) })
  return {
    products,
    failures: web.failures,
    send: sender(sampleApp({ http: web.http, ...service }), { under: '/api/samples' }),
    as: web.as,
    asService: web.asService,
    handle: deliverTo(sampleHandlers(service)),
    stop: () => Promise.all([store.drop(), products.stop()]),
  }
}
