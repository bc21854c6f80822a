// Stands in for the shell in the health check: succeeds if the server answers a ping.
import { MongoClient } from 'mongodb'

const client = new MongoClient('mongodb://127.0.0.1:27017/?directConnection=true', { serverSelectionTimeoutMS: 3000 })
const { ok } = await client.db('admin').command({ ping: 1 })
await client.close()
process.exit(ok ? 0 : 1)
