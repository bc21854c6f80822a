import { createConnection } from 'mysql2/promise'
import { services } from '#shared/platform'
import { mysqlPassword, type Secrets } from './secrets'

const onMysql = Object.entries(services).flatMap(([name, { store }]) => (store === 'mysql' ? [name] : []))

// In a grant an unescaped underscore matches any character.
const everyTableOf = (schema: string) => `\`${schema.replaceAll('_', '\\_')}\`.*`

/**
 * A schema and a user for each service that stores its data in MySQL; a user has all rights in its own schema and none elsewhere. The audit log is in
 * a schema of its own, in which its service may insert and read, but neither change nor delete.
 */
export async function provisionMysql(adminUrl: string, secrets: Pick<Secrets, 'MYSQL_PASSWORD'>) {
  const admin = await createConnection({ uri: adminUrl, connectTimeout: 5000 })
  try {
    for (const service of onMysql) {
      const schema = `shop_${service}`
      const user = [schema, mysqlPassword(secrets, service)]
      await admin.query(`CREATE DATABASE IF NOT EXISTS ${schema} CHARACTER SET utf8mb4`)
      await admin.query(`CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?`, user)
      await admin.query(`ALTER USER ?@'%' IDENTIFIED BY ?`, user)
      await admin.query(`GRANT ALL ON ${everyTableOf(schema)} TO ?@'%'`, [schema])
    }
    await admin.query('CREATE DATABASE IF NOT EXISTS shop_user_audit CHARACTER SET utf8mb4')
    await admin.query(`GRANT SELECT, INSERT, CREATE ON ${everyTableOf('shop_user_audit')} TO 'shop_user'@'%'`)
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
