import { createConnection } from 'mysql2/promise'
import { settings } from '#shared/config'
import { untilAvailable } from '#shared/deadline'
import { isUnavailable } from '#shared/errors'
import { services } from '#shared/platform'
import { openMongoServer, partsOf } from './mongo-address'
import { provisionMysql } from './provision'
import { mysqlMasterIn, mysqlPassword, type Secrets } from './secrets'
import { until } from './until'

/** Runs before the services' containers: makes their schemas and users in the stores, with administrators' passwords that no service gets. */

type Master = Pick<Secrets, 'MYSQL_PASSWORD'>

const notYetInitiated = 94
const userExists = 51003
const timeoutMs = 60_000

const onMongo = Object.entries(services).flatMap(([name, { store }]) => (store === 'mongo' ? [name] : []))

/** Makes a replica set of one, and a user for each service if the server requires authentication. */
export async function provisionMongo(adminUrl: string, secrets: Master) {
  const { hosts, username } = partsOf(adminUrl)
  const client = openMongoServer(adminUrl, timeoutMs)
  try {
    const admin = client.db('admin')
    const status = await admin.command({ replSetGetStatus: 1 }).catch(error => error)
    if (status?.code === notYetInitiated) await admin.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: hosts[0] }] } })
    const isPrimary = async () => (await admin.command({ hello: 1 })).isWritablePrimary === true
    await until('the election of a primary in MongoDB', isPrimary, { timeoutMs, everyMs: 100 })
    for (const service of username ? onMongo : []) {
      const name = `shop_${service}`
      const user = { pwd: mysqlPassword(secrets, service), roles: [{ role: 'dbOwner', db: name }] }
      const db = client.db(name)
      await db.command({ createUser: name, ...user }).catch(error => {
        if (error.code !== userExists) throw error
        return db.command({ updateUser: name, ...user })
      })
    }
  } finally {
    await client.close()
  }
}

if (import.meta.main) {
  const { text, optional } = settings()
  const dir = optional('SECRETS_DIR')
  const secrets: Master = dir ? mysqlMasterIn(dir) : { MYSQL_PASSWORD: text('MYSQL_PASSWORD') }
  const mysqlUrl = text('MYSQL_URL')
  // It runs once: the first connection out of a new container may get no answer yet.
  const connecting = async () => (await createConnection({ uri: mysqlUrl, connectTimeout: 5000 })).end()
  await untilAvailable(connecting, { what: 'MySQL', ms: timeoutMs, log: console, retryable: isUnavailable })
  await Promise.all([provisionMysql(mysqlUrl, secrets), provisionMongo(text('MONGO_URL'), secrets)])
  console.log('The stores are ready for the services.')
}
