import { deliverTo, sender, testHttp, testSql } from '#shared/testing'
import { favouriteApp } from './app'
import { favouriteClients } from './clients'
import { compose } from './compose'
import type { FavouriteDb } from './database'
import { favouriteHandlers } from './events'
import * as migrations from './migrations'
import { testProducts } from './testing-clients'

/** The service in-process, on a schema of its own. */
export const testFavourite = async () => {
  const [store, web, products] = await Promise.all([
    testSql<FavouriteDb>({ service: 'favourite', migrations }),
    testHttp('favourite'),
    testProducts(),
  ])
  const service = compose({ sql: store.sql, clients: favouriteClients(products.client) })
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
