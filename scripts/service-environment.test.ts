import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { released, type ServiceName, serviceInfo, serviceNames } from '#shared/platform'
import { localEnvironment } from './platform'
import { serverEnvironment, serviceEnvironment, testEnvironment } from './service-environment'

const secrets = {
  INTERNAL_KEY: 'key',
  DATA_KEYS: 'data',
  ADMIN_EMAIL: 'admin@shop.test',
  ADMIN_PASSWORD: 'password',
  MYSQL_PASSWORD: 'master',
}
const servers = { mysql: 'mysql://root:root@db:1', mongo: 'mongodb://db:2', redis: 'redis://db:3', rabbitmq: 'amqp://db:4' }
const settings = serviceNames.flatMap(name => serviceInfo(name).settings ?? [])

/** An environment in which everything is set, each setting by its name or by a file. */
const everything = {
  ...{ PATH: '/bin', LOG_LEVEL: 'warn', RABBITMQ_PASSWORD: 'x', TEST_MYSQL_URL: 'x', DATA_KEYS_FILE: '/run/data_keys' },
  ...{
    MYSQL_URL: 'mysql://root:root@db:1',
    MYSQL_URL_FILE: '/run/mysql_url',
    INTERNAL_KEY_FILE: '/run/internal_key',
    MYSQL_PASSWORD_FILE: '/run/p',
  },
  ...Object.fromEntries(settings.map(name => [name, `value of ${name}`])),
  BANK_WEBHOOK_SECRET: 'bank',
  CART_REDIS_URL: 'redis://db:5',
}
const environment = (service: ServiceName) => localEnvironment(service, { dir: '/data', portBase: 8000, env: everything }, servers, secrets)
const common = ['PATH', 'LOG_LEVEL', 'HOST', 'PORT_BASE', 'INTERNAL_KEY', 'REDIS_URL', 'RABBITMQ_URL']

describe('a service process', () => {
  test.each([...released])('of %s gets what it reads itself and nothing of another', service => {
    const { store, settings = [], secrets = [] } = serviceInfo(service)
    const address = store === 'redis' ? [] : [`${store.toUpperCase()}_URL`]
    const set = Object.entries(environment(service)).filter(([, value]) => value !== undefined)
    expect(set.map(([name]) => name).sort()).toEqual([...common, ...address, ...settings, ...secrets].sort())
  })

  test('reaches a private MySQL by its socket, unless the path is longer than sockets may have, and a configured one by its address', () => {
    const addressIn = (dir: string, env = {}) => localEnvironment('order', { dir, portBase: 8000, env }, servers, secrets).MYSQL_URL
    expect(addressIn('/data')).toMatch(/^mysql:.*@db:1.shop_order\?socketPath=%2Fdata%2Fmysql%2Fdata%2Fmysql.sock$/)
    for (const address of [addressIn(`/${'data'.repeat(25)}`), addressIn('/data', { MYSQL_URL: servers.mysql })])
      expect(address).toEndWith('@db:1/shop_order')
  })

  test('of notification links to the port that the gateway has', () => {
    const links = (options: { gatewayPort?: number; env?: Record<string, string> }) =>
      localEnvironment('notification', { dir: '/data', portBase: 9000, env: {}, ...options }, servers, secrets)
    expect(links({})).toMatchObject({ SHOP_URL: 'http://127.0.0.1:9080', API_URL: 'http://127.0.0.1:9080' })
    const moved = links({ gatewayPort: 80, env: { GATEWAY_PORT: '81', API_URL: 'https://api' } })
    expect(moved).toMatchObject({ SHOP_URL: 'http://127.0.0.1:80', API_URL: 'https://api' })
  })

  test('gets a login of its own to MySQL, never the administrator’s', () => {
    expect(environment('order').MYSQL_URL).toStartWith('mysql://shop_order:')
    expect(JSON.stringify(released.map(environment))).not.toContain('root')
  })

  test('reads a value of the launcher even if a file is named for the same setting', () => {
    expect(environment('user')).toMatchObject({ DATA_KEYS: 'data', INTERNAL_KEY: 'key' })
    expect(environment('user').DATA_KEYS_FILE).toBeUndefined()
  })

  test('reads its secret from a file if the launcher has no value for it', () => {
    expect(serviceEnvironment('payment', { BANK_WEBHOOK_SECRET_FILE: '/run/bank' }, {})).toEqual({ BANK_WEBHOOK_SECRET_FILE: '/run/bank' })
    expect(serviceEnvironment('order', { BANK_WEBHOOK_SECRET_FILE: '/run/bank' }, {})).toEqual({})
  })
})

test('a database, the broker and Nginx get neither a secret nor an address of the shop', () => {
  expect(serverEnvironment({ ...everything, ...secrets })).toEqual({ PATH: '/bin', LOG_LEVEL: 'warn' })
})

const prepare = readFileSync(join(import.meta.dir, '../gateway/prepare.sh'), 'utf8')
/** What the gateway reads, without the address that it listens on. */
const ofGateway = [...prepare.matchAll(/\b([A-Z_]+)=\$\{\1/g)].map(([, name = '']) => name).filter(name => !/^HOST$|_PORT$/.test(name))

test('a stack for tests uses neither a provider, a certificate nor a limit that a developer has set for a shop of his own', () => {
  const ofDeveloper = {
    ...everything,
    ...secrets,
    ...{ PAYMENT_PROVIDER: 'stripe', NOTIFICATION_EMAIL: 'smtp', SMTP_URL_FILE: '/run/smtp_url', SEED_DEMO: '0' },
    ...Object.fromEntries(ofGateway.map(name => [name, '1'])),
  }
  const env = testEnvironment({ ...ofDeveloper, SERVERS_DIR: '/servers', TEST_PRIVATE_PORT: '1' })
  const limits = ofGateway.filter(name => name.includes('RATE_'))
  expect(limits).toHaveLength(6)
  expect(env).toEqual({
    ...{ PATH: '/bin', LOG_LEVEL: 'warn', SERVERS_DIR: '/servers', TEST_PRIVATE_PORT: '1' },
    ...Object.fromEntries([...limits, 'WRONG_CODES_LIMIT'].map(name => [name, '100000'])),
  })
  const payment = localEnvironment('payment', { dir: '/data', portBase: 8000, env }, servers, secrets)
  expect(Object.keys(payment)).not.toContain('PAYMENT_PROVIDER')
})
