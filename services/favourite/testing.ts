import { inventoryUpdated, productDeleted, productUpdated, userDeleted } from '#shared/catalog'
import { deliverTo, messageOf, sender, testHttp, testSql } from '#shared/testing'
import { favouriteApp } from './app'
import { favouriteClients } from './clients'
import { compose } from './compose'
import type { FavouriteDb } from './database'
import { favouriteHandlers } from './events'
import * as migrations from './migrations'
import { type TestProduct, testShop } from './testing-clients'

export const productId = (n: number) => n.toString(16).padStart(24, '0')

type Options = Pick<Parameters<typeof compose>[0], 'limit' | 'pauseMs' | 'batchSize'>

/** The service in-process, on a schema of its own. */
export const testFavourite = async (options: Options = {}) => {
  const [store, web] = await Promise.all([testSql<FavouriteDb>({ service: 'favourite', migrations }), testHttp('favourite')])
  const shop = testShop()
  const warnings: string[] = []
  const log = { warn: (_: unknown, message?: string) => void warnings.push(message ?? '') }
  let now = new Date('2026-01-31T12:00:00Z')
  const start = (sql = store.sql) =>
    compose({
      sql,
      clients: favouriteClients(shop.client),
      log,
      shareSecret: 'a secret of tests',
      clock: () => now,
      ...options,
    })
  const service = start()
  const send = sender(favouriteApp({ http: web.http, ...service }), { under: '/api/favourites' })
  const handle = deliverTo(favouriteHandlers(service))
  let users = 0
  let products = 0

  const productOf = (id: string): TestProduct => {
    const known = shop.catalog.get(id)
    if (!known) throw new Error('the shop has no such product')
    return known
  }
  /** A change that product has stored, as its event. */
  const updatedMessage = (id: string) => {
    const { version, price, currency, status, levels } = productOf(id)
    if (status === 'archived') return messageOf(productDeleted({ id, version }, { product_id: id, skus: Object.keys(levels) }))
    const variants = Object.keys(levels).map(sku => ({ sku, attributes: {}, price, stock: 0 }))
    const texts = { name: `Product ${id}`, description: '', category: 'Things', sku: id.slice(-6), created_at: '', updated_at: '' }
    const empty = { attributes: {}, images: [], tags: [], stock: 0 }
    return messageOf(productUpdated({ id, version }, { id, price, currency, status, variants, ...texts, ...empty }))
  }

  return {
    ...store,
    ...service,
    shop,
    service,
    /** The service once more, as another instance composes it. */
    start,
    warnings,
    failures: web.failures,
    send,
    as: web.as,
    asService: web.asService,
    handle,
    clock: {
      now: () => now,
      pass(ms: number) {
        now = new Date(now.getTime() + ms)
      },
    },

    /** A product that the shop sells. */
    newProduct(more: Partial<TestProduct> = {}) {
      const id = productId(++products)
      shop.catalog.set(id, {
        version: 1,
        price: 100,
        currency: 'USD',
        status: 'active',
        levels: { [`S${products}`]: { available: 5, version: 1 } },
        ...more,
      })
      return id
    },
    /** Changes a product in the shop, and returns the event that says so. */
    change(id: string, change: Partial<Pick<TestProduct, 'price' | 'currency' | 'status'>>) {
      const product = productOf(id)
      Object.assign(product, change, { version: product.version + 1 })
      return updatedMessage(id)
    },
    /** Counts the pieces of a SKU anew, and returns the event that says so. */
    stock(id: string, available: number, sku = Object.keys(productOf(id).levels)[0] ?? '') {
      const level = productOf(id).levels[sku] ?? { available: 0, version: 0 }
      const next = { available, version: level.version + 1 }
      productOf(id).levels[sku] = next
      const data = { product_id: id, sku, quantity: available, reserved: 0, available }
      return messageOf(inventoryUpdated({ id: sku, version: next.version }, data))
    },
    erasure: (userId: number) => messageOf(userDeleted({ id: userId, version: 2 }, { user_id: userId })),

    async newUser() {
      const id = ++users
      const headers = await web.as(id)
      const by = (method: string, path: string, body?: unknown) => send(method, path, body, headers)
      return {
        id,
        send: by,
        add: (product_id: string) => by('POST', '/', { product_id }),
        list: async () => (await by('GET', '/?limit=100')).body.items,
        watch: (product_id: string, wanted: { price_drop?: boolean; back_in_stock?: boolean }) =>
          by('PUT', `/${product_id}/watch`, { price_drop: false, back_in_stock: false, ...wanted }),
      }
    },

    /** What was told, by user, kind and amounts, in order. */
    async told(product?: string) {
      const messages = await store.published('watch.triggered')
      return messages.map(({ data }) => Object(data)).filter(({ product_id }) => product === undefined || product_id === product)
    },
    stop: () => Promise.all([store.drop(), shop.stop()]),
  }
}
export type TestFavourite = Awaited<ReturnType<typeof testFavourite>>
