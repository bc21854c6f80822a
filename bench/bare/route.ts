/** The limits: routes that call a store once and do nothing else. BARE names the one to start. */
import { Elysia } from 'elysia'

const { BARE, PORT, MONGO_URL = '', MYSQL_URL = '', REDIS_URL = '', JWKS_URL = '' } = process.env

const bare = {
  hello: async () => new Elysia().get('/', () => ({ hello: 'world' })),

  /** A document that is stored in the form of the answer. */
  async mongo() {
    const { MongoClient, ObjectId } = await import('mongodb')
    const shown = new MongoClient(MONGO_URL).db('bench').collection('shown')
    return new Elysia().get('/:id', ({ params }) => shown.findOne({ _id: new ObjectId(params.id) }, { projection: { _id: 0 } }))
  },

  async cart() {
    const { Redis } = await import('ioredis')
    const client = new Redis(REDIS_URL, { enableAutoPipelining: true })
    const sha = String(await client.script('LOAD', "return redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])"))
    return new Elysia().post('/', async ({ body, headers }) => {
      const { product_id, quantity } = body as { product_id: string; quantity: number }
      return { quantity: await client.evalsha(sha, 1, `bench:${headers['x-cart-id']}`, product_id, quantity) }
    })
  },

  /** Cart's own code for the same change and the answer that shows it, without the kernel. */
  async shown() {
    const [{ openRedis }, { cartRepository }, { currentLine }, { cartView }] = await Promise.all([
      import('#shared/redis'),
      import('#services/cart/repository'),
      import('#services/cart/domain'),
      import('#services/cart/model'),
    ])
    const carts = cartRepository(await openRedis({ url: REDIS_URL, prefix: 'cart', log: console }))
    const product = { name: 'Thing 0', category: 'Bench', stock: 1_000_000, status: 'active', variants: [] } as const
    return new Elysia().post('/', async ({ body, headers }) => {
      const { product_id, quantity } = body as { product_id: string; quantity: number }
      const owner = { guest: headers['x-cart-id'] ?? '' }
      const changed = await carts.changeLine(owner, { how: 'add', product_id, sku: undefined, quantity }, undefined)
      if (!changed) throw new Error('the cart has no such line')
      const lines = changed.cart.lines.map(line => currentLine(line, { ...product, ...line, id: line.product_id }, true))
      return cartView(owner, { cart: changed.cart, lines, quote: undefined, coupon: undefined })
    })
  },

  async order() {
    const { createPool } = await import('mysql2/promise')
    const pool = createPool({ uri: MYSQL_URL, connectionLimit: 10 })
    await pool.query('create database if not exists bench')
    const tables = ['bench.orders', 'bench.items', 'bench.outbox']
    for (const table of tables) await pool.query(`create table if not exists ${table} (id bigint auto_increment primary key, body text)`)
    return new Elysia().post('/', async ({ body }) => {
      const text = JSON.stringify(body)
      const connection = await pool.getConnection()
      try {
        await connection.beginTransaction()
        for (const table of tables) await connection.query(`insert into ${table} (body) values (?)`, [text])
        await connection.commit()
      } finally {
        connection.release()
      }
      return { ok: true }
    })
  },

  /** A route of the kernel that does nothing, with its guard and without. */
  async guarded() {
    const [{ createKeySource, createTokenVerifier, createInternalIdentity }, { createHttp }, { t }] = await Promise.all([
      import('#shared/auth'),
      import('#shared/http'),
      import('#shared/schema'),
    ])
    const keys = createKeySource(async () => (await fetch(JWKS_URL)).json())
    const http = createHttp({
      service: 'product',
      verify: createTokenVerifier(keys, () => false),
      identity: createInternalIdentity('product', 'x'.repeat(32)),
      observe: () => {},
      log: console,
      draining: () => false,
    })
    const answer = { response: t.Object({ hello: t.String() }), detail: { summary: 'Hello' } }
    return http('')
      .get('/open', () => ({ hello: 'world' }), { public: true, ...answer })
      .get('/guarded', () => ({ hello: 'world' }), { auth: true, ...answer })
  },
}
export type BareKind = keyof typeof bare

const app = await bare[BARE as BareKind]()
Bun.serve({ port: Number(PORT), hostname: '127.0.0.1', reusePort: false, fetch: app.fetch })
