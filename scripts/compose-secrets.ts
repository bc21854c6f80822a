import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { serviceInfo, serviceNames } from '#shared/platform'
import { mysqlPassword } from './secrets'

const random = () => randomBytes(24).toString('base64url')

/** The first values of the services' own secrets. Any other secret is random text. */
const firstValues: Record<string, () => string> = {
  DATA_KEYS: () => `first:${randomBytes(32).toString('base64')}`,
  ADMIN_EMAIL: () => 'admin@shop.example',
  ADMIN_PASSWORD: () => `Shop-${random()}-1`,
}

/** Makes the secret files of docker-compose.yml. Existing files are kept: to renew one, delete it and the files that contain its value. */
export function makeComposeSecrets(dir: string): string[] {
  mkdirSync(dir, { recursive: true })
  // The folder is closed, the files are not: each container reads its own as a different user.
  chmodSync(dir, 0o700)
  const made: string[] = []
  const file = (name: string, make: () => string): string => {
    const path = join(dir, name)
    if (!existsSync(path)) {
      writeFileSync(path, `${make()}\n`, { mode: 0o644 })
      made.push(name)
    }
    return readFileSync(path, 'utf8').trim()
  }

  file('internal_key', () => randomBytes(32).toString('base64url'))
  const mysqlRoot = file('mysql_root_password', random)
  file('mysql_admin_url', () => `mysql://root:${mysqlRoot}@mysql:3306`)
  const mongoRoot = file('mongo_root_password', random)
  file('mongo_admin_url', () => `mongodb://root:${mongoRoot}@mongo:27017/?directConnection=true`)
  file('mongo_key', () => randomBytes(48).toString('base64'))
  const redis = file('redis.conf', () => `requirepass ${random()}`).replace('requirepass ', '')
  file('redis_url', () => `redis://:${redis}@redis:6379`)
  file('cart_redis_url', () => `redis://:${redis}@redis-carts:6379`)
  const rabbitmq = file('rabbitmq_user.conf', () => `default_user = shop\ndefault_pass = ${random()}`).replace(/.*default_pass = /s, '')
  file('rabbitmq_url', () => `amqp://shop:${rabbitmq}@rabbitmq:5672`)

  const MYSQL_PASSWORD = file('mysql_password', random)
  for (const service of serviceNames) {
    const { store, secrets = [] } = serviceInfo(service)
    const user = `shop_${service}`
    const login = `${user}:${mysqlPassword({ MYSQL_PASSWORD }, service)}`
    if (store === 'mysql') file(`${service}_mysql_url`, () => `mysql://${login}@mysql:3306/${user}`)
    if (store === 'mongo') file(`${service}_mongo_url`, () => `mongodb://${login}@mongo:27017/${user}?directConnection=true`)
    for (const name of secrets) file(name.toLowerCase(), firstValues[name] ?? random)
  }
  return made
}

if (import.meta.main) {
  const dir = resolve(process.argv[2] ?? 'deploy/secrets')
  const made = makeComposeSecrets(dir)
  console.log(made.length > 0 ? `Made in ${dir}: ${made.join(', ')}` : `Nothing is missing in ${dir}.`)
}
