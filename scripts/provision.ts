import { createConnection } from 'mysql2/promise'
import { services } from '#shared/platform'
import { mysqlPassword, type Secrets } from './secrets'

const onMysql = Object.entries(services).flatMap(([name, { store }]) => (store === 'mysql' ? [name] : []))

/** Makes a schema and a user for each service on MySQL. The user has all rights in its own schema and none elsewhere. */
export async function provisionMysql(adminUrl: string, secrets: Pick<Secrets, 'MYSQL_PASSWORD'>) {
  const admin = await createConnection({ uri: adminUrl, connectTimeout: 5000 })
  try {
    for (const service of onMysql) {
      const schema = `shop_${service}`
      const user = [schema, mysqlPassword(secrets, service)]
      await admin.query(`CREATE DATABASE IF NOT EXISTS ${schema} CHARACTER SET utf8mb4`)
      await admin.query(`CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?`, user)
      await admin.query(`ALTER USER ?@'%' IDENTIFIED BY ?`, user)
      // In a grant an unescaped underscore matches any character.
      await admin.query(`GRANT ALL ON \`${schema.replaceAll('_', '\\_')}\`.* TO ?@'%'`, [schema])
    }
  } finally {
    await admin.end()
  }
}

/** The address of a service's schema, with the service's login, on the server of `adminUrl`. */
export function serviceUrl(adminUrl: string, secrets: Secrets, service: string) {
  const url = new URL(adminUrl)
  url.username = `shop_${service}`
  url.password = mysqlPassword(secrets, service)
  url.pathname = `/shop_${service}`
  return url.href
}
