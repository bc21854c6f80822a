import { expect, test } from 'bun:test'
import { requireVersions } from './versions'

const found = { MySQL: '9.7.4', Redis: '8.0.6', RabbitMQ: '4.3.6', Nginx: '1.30.6' }

test('a version is the required one if its first numbers are', () => {
  requireVersions(found, 'MySQL 9.7, Redis 8, RabbitMQ 4.3, Nginx 1.30')
  requireVersions(found)
  expect(() => requireVersions(found, 'MySQL 9.7, Nginx 1.3, Redis 7')).toThrow(
    'Nginx is 1.30.6, 1.3 is required; Redis is 8.0.6, 7 is required',
  )
})
