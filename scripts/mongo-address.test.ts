import { describe, expect, test } from 'bun:test'
import { openMongoServer, partsOf } from './mongo-address'
import { provisionMongo } from './setup'

describe('an administrator’s address of MongoDB', () => {
  test.each([
    ['mongodb://mongo', { username: '', hosts: ['mongo'] }],
    ['mongodb://root:p%40s@mongo:27017/?directConnection=true', { username: 'root', hosts: ['mongo:27017'] }],
    ['mongodb://root@a:1,b:2/admin?replicaSet=rs0', { username: 'root', hosts: ['a:1', 'b:2'] }],
    ['mongodb+srv://root:p@cluster.example/', { username: 'root', hosts: ['cluster.example'] }],
  ])('%s is read', (address, parts) => {
    expect(partsOf(address)).toMatchObject(parts)
  })

  test.each([
    ['mongodb://mongo:27017', true],
    ['mongodb://root:p@mongo:27017/?authSource=admin', true],
    ['mongodb://mongo:27017/?directConnection=false', false],
    ['mongodb://mongo-0:27017/?replicaSet=rs0', false],
    ['mongodb://mongo-0:27017,mongo-1:27018', false],
  ])('%s: spoken to itself, without its set: %p', async (address, direct) => {
    const client = openMongoServer(address)
    expect(client.options.directConnection).toBe(direct)
    await client.close()
  })

  test('may name several hosts of a set, which is provisioned', async () => {
    const [host = ''] = partsOf(String(process.env.TEST_MONGO_URL)).hosts
    await provisionMongo(`mongodb://${host},${host.replace('127.0.0.1', 'localhost')}/`, { MYSQL_PASSWORD: 'one for all' })
  })
})
