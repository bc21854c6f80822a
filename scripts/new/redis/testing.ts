import { deliverTo, sender, testHttp, testRedis } from '#shared/testing'
import { favouriteApp } from '../mysql/app'
import { favouriteClients } from '../mysql/clients'
import { favouriteHandlers } from '../mysql/events'
import { testProducts } from '../mysql/testing-clients'
import { compose } from './compose'

/** The service in-process, with a prefix of its own. */
export const testFavourite = async () => {
  const [store, web, products] = await Promise.all([testRedis(), testHttp('favourite'), testProducts()])
  const service = compose({ redis: store.redis, clients: favouriteClients(products.client) })
  return {
    products,
    failures: web.failures,
    send: sender(favouriteApp({ http: web.http, ...service }), { under: '/api/favourites' }),
    as: web.as,
    asService: web.asService,
    handle: deliverTo(favouriteHandlers(service)),
    stop: () => Promise.all([store.drop(), products.stop()]),
  }
}
