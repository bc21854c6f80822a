import { describe, expect, test } from 'bun:test'
import { request } from 'node:http'
import type { Caller, List } from '../caller'
import { shop, unique } from '../shop'
import { until } from '../shopper'
import { gateway } from './operations'

/** A login through the gateway from one of this machine's own addresses, with the headers that a client may send. */
const logIn = (credentials: object, { from = '127.0.0.1', headers = {} }: { from?: string; headers?: Record<string, string> } = {}) =>
  new Promise<number>((resolve, reject) => {
    const body = JSON.stringify(credentials)
    const sending = request(`${gateway}/auth/login`, {
      method: 'POST',
      localAddress: from,
      headers: { 'content-type': 'application/json', ...headers },
    })
    sending.on('response', answer => resolve(answer.resume().statusCode ?? 0)).on('error', reject)
    sending.end(body)
  })

const register = async () => {
  const credentials = { username: `guessed-${unique()}`, password: 'password-of-tests' }
  const more = { email: `${credentials.username}@example.com`, full_name: 'Ann Example' }
  await shop.guest.call('POST', '/auth/register', { body: { ...credentials, ...more } })
  return credentials
}
const claim = (address: string) => ({ 'x-real-ip': address, 'x-forwarded-for': address, forwarded: `for=${address}` })

describe('five failed logins through the gateway', () => {
  test('make the account wait, although each one claims another address', async () => {
    const { username } = await register()
    const statuses: number[] = []
    for (let i = 0; i < 6; i++)
      statuses.push(await logIn({ username, password: 'a wrong guess' }, { headers: claim(`198.51.100.${i + 1}`) }))
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  })

  test('do not lock out the owner whose address a stranger claims', async () => {
    const owner = await register()
    const stranger = { from: '127.0.0.2', headers: claim('127.0.0.1') }
    for (let i = 0; i < 6; i++) await logIn({ username: owner.username, password: 'a wrong guess' }, stranger)
    expect(await logIn(owner, stranger)).toBe(429)
    expect(await logIn(owner)).toBe(200)
  })
})

describe('what an administrator does', () => {
  interface Entry {
    action: string
    detail: string | null
    request_id: string
  }
  const untilEntered = async (admin: Caller, requestId: string) =>
    until(async () => {
      const { items } = await admin.call<List<Entry>>('GET', '/api/users/audit?limit=100')
      return items.find(({ request_id }) => request_id === requestId)
    })

  test('is in the audit log, whichever service did it', async () => {
    const admin = await shop.admin()
    const product = await shop.addProduct()
    const zone = { name: `Zone ${unique()}`, countries: ['TV'] }
    const rate = { country: 'TV', rate: 24, tax_class: 'standard', valid_from: '2031-01-01' }
    const writes: [string, string, object?][] = [
      ['PATCH', `/api/products/${product.id}`, { name: 'Another name' }],
      ['POST', `/api/inventory/${product.id}/adjust`, { delta: 1, reason: 'found' }],
      ['POST', '/api/promotions', { name: 'Audited', code: `AUDIT-${unique()}`.toUpperCase(), kind: 'percentage', value: 5 }],
      ['POST', '/api/shipping/zones', zone],
      ['POST', '/api/tax/rates', rate],
    ]
    for (const [method, path, body] of writes) {
      const requestId = `audit-${unique()}`
      const { status, body: answer } = await admin.ask(method, path, { body, headers: { 'x-request-id': requestId } })
      expect({ path, status, answer: status < 300 ? {} : answer }).toEqual({ path, status: expect.any(Number), answer: {} })
      const { action, detail } = await untilEntered(admin, requestId)
      expect(action).toStartWith(`${method} /api/`)
      if (path.includes(product.id)) expect(detail).toContain(product.id)
    }
    const deadLetter = await admin.ask('DELETE', '/api/discovery/dead-letters/order.payment-events/nothing', {
      headers: { 'x-request-id': 'audit-discovery' },
    })
    expect([204, 404]).toContain(deadLetter.status)
    expect((await untilEntered(admin, 'audit-discovery')).action).toBe('DELETE /api/discovery/dead-letters/:queue/:id')
  })
})
