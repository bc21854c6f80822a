import { Elysia } from 'elysia'
import { startFanout } from '#shared/redis'
import { t } from '#shared/schema'
import { deliverTo, sender, testClients, testHttp, testRedis } from '#shared/testing'
import { searchApp } from './app'
import { searchClients } from './clients'
import { compose } from './compose'
import { searchHandlers } from './events'

export const productId = (n: number) => n.toString(16).padStart(24, '0')

export interface CatalogProduct {
  id: string
  version: number
  name: string
  description: string
  price: number
  currency: string
  category: string
  category_ids: string[]
  tax_class: 'standard'
  stock: number
  sku: string
  attributes: Record<string, string | number | boolean>
  images: string[]
  tags: string[]
  variants: { sku: string; attributes: Record<string, string>; price: number; stock: number }[]
  status: 'active' | 'archived'
  created_at: string
  updated_at: string
  /** What its reviews add up to. */
  summary?: { version: number; average: number; count: number }
}

let made = 0
export const catalogProduct = (fields: Partial<CatalogProduct> = {}): CatalogProduct => {
  const n = ++made
  return {
    id: productId(n),
    version: 1,
    name: `Product ${n}`,
    description: 'As described.',
    price: 10,
    currency: 'USD',
    category: 'Things',
    category_ids: ['c'.repeat(24)],
    tax_class: 'standard',
    stock: 5,
    sku: `P-${n}`,
    attributes: {},
    images: [],
    tags: [],
    variants: [],
    status: 'active',
    created_at: '2026-01-31T12:00:00.000Z',
    updated_at: '2026-01-31T12:00:00.000Z',
    ...fields,
  }
}

/** Plays the product service: its catalog is the map. */
const testCatalog = async () => {
  const catalog = new Map<string, CatalogProduct>()
  const tree: { id: string; name: string; slug: string; children: [] }[] = []
  const { http } = await testHttp('product')
  let onPage = async () => {}
  // Without the gate: the client of a test has no token of the platform.
  const internal = new Elysia().get(
    '/internal/catalog',
    async ({ query: { after = '', limit } }) => {
      await onPage()
      const sorted = [...catalog.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).filter(({ id }) => id > after)
      return {
        items: sorted
          .slice(0, Number(limit))
          .map(({ version, summary, ...product }) => ({ version, levels: [], product, ...(summary && { rating: summary }) })),
      }
    },
    { query: t.Object({ after: t.Optional(t.String()), limit: t.String() }) },
  )
  const app = http('')
    .use(internal)
    .get('/api/categories', () => ({ items: tree }), { public: true })
    .post('/api/products/batch', ({ body: { ids } }) => ({ items: [], missing: ids.filter(id => !catalog.has(id)) }), {
      public: true,
      body: t.Object({ ids: t.Array(t.String()) }),
    })
  return { app, catalog, tree, beforePage: (work: () => Promise<void>) => (onPage = work) }
}

/** The service in-process, with a prefix of its own. `instance` opens one more over the same store. */
export const testSearch = async () => {
  const [store, web, products] = await Promise.all([testRedis(), testHttp('search'), testCatalog()])
  /** What users favoured, newest first. */
  const favourites = new Map<number, string[]>()
  const favourite = new Elysia().get('/internal/favourites/:user_id', ({ params, query }) => ({
    product_ids: (favourites.get(Number(params.user_id)) ?? []).slice(0, Number(query.limit)),
  }))
  const others = testClients({ product: products.app, favourite })
  const closers: (() => Promise<unknown> | unknown)[] = []
  const warnings: unknown[] = []
  const log = { info() {}, warn: (...what: unknown[]) => warnings.push(what), error: (...what: unknown[]) => warnings.push(what) }

  const instance = async () => {
    const redis = await store.open()
    const service = compose({
      redis,
      clients: searchClients(others.client),
      secret: 'a secret of this test',
      log,
      follow(stream, onEntry, options) {
        const follower = startFanout(redis, stream, { ...options, onEntry, log })
        closers.push(follower.close)
        return follower
      },
    })
    closers.push(service.live.stop)
    await service.live.start()
    const app = searchApp({ http: web.http, ...service })
    const send = sender(app, { under: '/api/search' })
    return {
      ...service,
      send,
      recommend: sender(app, { under: '/api/recommendations' }),
      handle: deliverTo(searchHandlers(service)),
      /** The names that a search finds, in order. */
      async names(keyword: string, more = ''): Promise<string[]> {
        const { body } = await send('GET', `/?keyword=${encodeURIComponent(keyword)}${more}`)
        return body.items.map(({ name }: { name: string }) => name)
      },
    }
  }
  return {
    redis: store.redis,
    ...products,
    favourites,
    down: others.down,
    warnings,
    failures: web.failures,
    as: web.as,
    asService: web.asService,
    instance,
    async stop() {
      for (const close of closers.reverse()) await close()
      await Promise.all([store.drop(), others.stop()])
    },
  }
}
