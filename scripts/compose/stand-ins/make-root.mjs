import { MongoClient } from 'mongodb'

const [, , url, user, pwd] = process.argv
const client = new MongoClient(url)
await client.db('admin').command({ createUser: user, pwd, roles: ['root'] })
await client.close()
