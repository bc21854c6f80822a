import { describe, expect, test } from 'bun:test'
import { request } from 'node:http'
import { shop, unique } from '../shop'
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
