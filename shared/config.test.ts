import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig, settings } from './config'

const needed = {
  INTERNAL_KEY: 'k'.repeat(32),
  REDIS_URL: 'redis://127.0.0.1:6379',
  RABBITMQ_URL: 'amqp://127.0.0.1:5672',
  MYSQL_URL: 'mysql://shop_{service}:pw@127.0.0.1:3306/shop_{service}',
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
const file = (content: string) => {
  const path = join(folder, crypto.randomUUID())
  writeFileSync(path, content)
  return path
}

describe('settings', () => {
  test('have defaults where that is safe', () => {
    expect(readConfig('order', needed)).toMatchObject({ port: 8003, host: '127.0.0.1', advertiseHost: '127.0.0.1', logLevel: 'info' })
  })

  test('of a service have its name and its port filled in', () => {
    expect(readConfig('tax', needed).mysqlUrl()).toBe('mysql://shop_tax:pw@127.0.0.1:3306/shop_tax')
    expect(readConfig('tax', { ...needed, PORT_BASE: '24000' }).port).toBe(24_012)
    expect(readConfig('tax', { ...needed, PORT_BASE: '24000', PORT: '0' }).port).toBe(0)
  })

  test('a service that listens on every interface is listed under the name of its machine', () => {
    const { advertiseHost } = readConfig('order', { ...needed, HOST: '0.0.0.0' })
    expect(advertiseHost).not.toBe('0.0.0.0')
    expect(readConfig('order', { ...needed, HOST: '0.0.0.0', ADVERTISE_HOST: 'order-2' }).advertiseHost).toBe('order-2')
  })

  test('may come from a file, which takes precedence, without its final line break', () => {
    const { text, secret, optional, integer } = settings({
      KEY: 'not this one',
      KEY_FILE: file(`${'s'.repeat(40)}\n`),
      SIZE_FILE: file('12\n'),
      EMPTY_FILE: file('\n'),
    })
    expect([text('KEY'), secret('KEY'), integer('SIZE', 1), optional('EMPTY')]).toEqual(['s'.repeat(40), 's'.repeat(40), 12, undefined])
  })

  test('that are empty count as not set', () => {
    expect(settings({ NAME: '' }).optional('NAME')).toBeUndefined()
    expect(settings({ NAME: '' }).text('NAME', 'default')).toBe('default')
  })
})

describe('an error names the setting, and never its value', () => {
  const mistakes: Record<string, string | undefined>[] = [
    { INTERNAL_KEY: undefined },
    { INTERNAL_KEY: 'too-short-5ecret' },
    { REDIS_URL: undefined },
    { RABBITMQ_URL: '' },
    { PORT: '80a' },
    { PORT: '65536' },
    { PORT: '-1' },
    { PORT_BASE: '1e3' },
    { LOG_LEVEL: 'loud' },
    { RETRY_DELAYS_MS: '1000,soon' },
    { OTEL_TRACES_SAMPLER_ARG: '1.5' },
    { INTERNAL_KEY_FILE: '/there/is/no/such/file' },
  ]
  test.each(mistakes)('%p', mistake => {
    const [[name, value]] = Object.entries(mistake) as [[string, string | undefined]]
    let message = ''
    try {
      readConfig('order', { ...needed, ...mistake })
    } catch (error) {
      message = String(error)
    }
    expect(message).toContain(name)
    if (value) expect(message).not.toContain(value)
  })
})
