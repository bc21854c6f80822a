/** The limits: the least that a route with one call of a store can be. Which one, by BARE. */
import { Elysia } from 'elysia'

const port = Number(process.env.PORT)
const { BARE: kind = 'hello', TEST_MONGO_URL = '', TEST_MYSQL_URL = '', TEST_REDIS_URL = '' } = process.env

const bare = {
  hello: async () => new Elysia().get('/', () => ({ hello: 'world' })),
  async mongo() {
    const { MongoClient, ObjectId } = await import('mongodb')
    const products = (await new MongoClient(TEST_MONGO_URL).connect()).db('shop_product').collection('products')
    return new Elysia().get('/:id', ({ params }) => products.findOne({ _id: new ObjectId(params.id) }))
  },
  async redis() {
    const { Redis } = await import('ioredis')
    const client = new Redis(TEST_REDIS_URL, { enableAutoPipelining: true })
    const lua = "return redis.call('HINCRBY', KEYS[1], 'quantity', 1)"
    const sha = String(await client.script('LOAD', lua))
    return new Elysia().post('/', async () => ({ quantity: await client.evalsha(sha, 1, 'bench:cart') }))
  },
  async mysql() {
    const { createPool } = await import('mysql2/promise')
    const pool = createPool({ uri: TEST_MYSQL_URL, connectionLimit: 10 })
    await pool.query('create database if not exists bench')
    for (const table of ['one', 'two', 'three'])
      await pool.query(`create table if not exists bench.${table} (id bigint auto_increment primary key, body text)`)
    const body = 'x'.repeat(300)
    return new Elysia().post('/', async () => {
      const connection = await pool.getConnection()
      try {
        await connection.beginTransaction()
        for (const table of ['one', 'two', 'three']) await connection.query(`insert into bench.${table} (body) values (?)`, [body])
        await connection.commit()
      } finally {
        connection.release()
      }
      return { ok: true }
    })
  },
}

const make = bare[kind as keyof typeof bare]
;(await make()).listen({ port, hostname: '127.0.0.1' })
console.log('ready')
