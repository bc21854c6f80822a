import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { member, type State, writeState } from '../state'
import { configuredPlaces, runningPlaces } from './places'

const dir = mkdtempSync(join(tmpdir(), 'places-'))
afterAll(() => rmSync(dir, { recursive: true }))

const servers = { mysql: 'mysql://db:1', mongo: 'mongodb://db:2', redis: 'redis://db:3', rabbitmq: 'amqp://db:4' }
/** The places of a running stack that was started with a Redis for carts, or without one. */
const placesOf = (carts: Pick<State, 'carts'>, env = {}) => {
  writeState(dir, { launcher: member('launcher', process.pid), ready: true, summary: '', members: [], servers, ...carts })
  return runningPlaces(dir, env)
}

test('carts are with the other keys, unless they have a Redis of their own', () => {
  expect(placesOf({})).toEqual({ ...servers, carts: servers.redis })
  expect(placesOf({ carts: 'redis://carts:5' })).toEqual({ ...servers, carts: 'redis://carts:5' })
  expect(placesOf({ carts: 'redis://carts:5' }, { CART_REDIS_URL: 'redis://later:6' })?.carts).toBe('redis://carts:5')
  expect(placesOf({}, { CART_REDIS_URL: 'redis://carts:5' })?.carts).toBe('redis://carts:5')
  const file = join(dir, 'cart_redis_url')
  writeFileSync(file, 'redis://carts:7\n')
  expect(placesOf({}, { CART_REDIS_URL_FILE: file })?.carts).toBe('redis://carts:7')
  const env = { MYSQL_URL: servers.mysql, MONGO_URL: servers.mongo, REDIS_URL: servers.redis, RABBITMQ_URL: servers.rabbitmq }
  expect(configuredPlaces({ ...env, CART_REDIS_URL_FILE: file })?.carts).toBe('redis://carts:7')
  expect(configuredPlaces(env)?.carts).toBe(servers.redis)
})
