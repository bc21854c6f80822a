import { deliverTo, sender, testHttp, testMongo } from '#shared/testing'
import { favouriteApp } from '../mysql/app'
import { favouriteClients } from '../mysql/clients'
import { favouriteHandlers } from '../mysql/events'
import { testProducts } from '../mysql/testing-clients'
import { compose } from './compose'
import { indexes } from './database'

/** The service in-process, on a database of its own. */
export const testFavourite = async () => {
  const [store, web, products] = await Promise.all([testMongo({ service: 'favourite', indexes }), testHttp('favourite'), testProducts()])
  const service = compose({ mongo: store.mongo, clients: favouriteClients(products.client) })
  return {
    products,
    failures: web.failures,
    send: sender(favouriteApp({ http: web.http, ...service }), { under: '/api/favourites' }),
    as: web.as,
    asService: web.asService,
    handle: deliverTo(favouriteHandlers(service)),
    published: store.published,
    stop: () => Promise.all([store.drop(), products.stop()]),
  }
}
