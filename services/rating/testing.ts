import { orderStatusUpdated } from '#shared/catalog'
import type { Mongo } from '#shared/mongo'
import { deliverTo, messageOf, sender, testHttp, testMongo } from '#shared/testing'
import { ratingApp } from './app'
import { ratingClients } from './clients'
import { compose } from './compose'
import { indexes } from './database'
import { ratingHandlers } from './events'
import { testProducts } from './testing-clients'

export const product = (n: number) => n.toString(16).padStart(24, '0')
const words = (
  'quiet heavy light sturdy soft bright warm narrow smooth plain simple useful handle lid cable screen fabric wheel drawer button ' +
  'shelf corner kitchen garden office morning evening summer winter daughter neighbour brother week month holds folds closes fits lasts works'
).split(' ')
/** An honest text, longer than those that many people write in the same words, and unlike that of any other name. */
export const opinion = (name: number | string) =>
  Array.from({ length: 12 }, (_, n) => words[Number(Bun.hash.crc32(`${name} ${n}`)) % words.length]).join(' ')

/** The service in-process, on a database of its own. */
export const testRating = async () => {
  const [store, web, products] = await Promise.all([testMongo({ service: 'rating', indexes }), testHttp('rating'), testProducts()])
  const serve = (mongo: Mongo) => {
    const service = compose({ mongo, clients: ratingClients(products.client) })
    return { ...service, send: sender(ratingApp({ http: web.http, ...service }), { under: '/api' }) }
  }
  const service = serve(store.mongo)
  const { send } = service
  const handle = deliverTo(ratingHandlers(service))

  // Numbers that are nothing else in the database.
  let users = 700_000
  /** A person of the test's own. */
  const newUser = async (role: 'customer' | 'admin' = 'customer') => {
    const id = ++users
    const headers = await web.as(id, role)
    const call = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
      send(method, path, body, { ...headers, ...more })
    return {
      id,
      headers,
      send: call,
      review: (product_id: string, rating: number, more: object = {}) => call('POST', '/ratings', { product_id, rating, ...more }),
    }
  }
  const admin = await newUser('admin')

  return {
    ...service,
    ...store,
    products,
    failures: web.failures,
    handle,
    handlers: ratingHandlers(service),
    as: web.as,
    asService: web.asService,
    newUser,
    admin,
    /** The service once more on the same database, as another instance. */
    another: async () => serve(await store.open()),
    list: async (productId: string, query = '') => (await send('GET', `/ratings/product/${productId}?${query}`)).body,
    summary: async (productId: string) => (await send('GET', `/ratings/product/${productId}/summary`)).body,
    drift: async () => {
      const window = `since=2020-01-01T00:00:00.000Z&until=${new Date(Date.now() + 60_000).toISOString()}`
      return (await send('GET', `/internal/drift?${window}`, undefined, await web.asService('discovery'))).body
    },
    stop: () => Promise.all([store.drop(), products.stop()]),
  }
}
export type TestRating = Awaited<ReturnType<typeof testRating>>

/** An order of these products has arrived. */
export const delivered = (orderId: number, user_id: number, products: readonly string[], version = 6) =>
  messageOf(
    orderStatusUpdated(
      { id: orderId, version },
      {
        order_id: orderId,
        user_id,
        status: 'delivered',
        payment_status: 'paid',
        items: products.map(product_id => ({ product_id, sku: 'A-1', quantity: 1 })),
      },
    ),
  )
