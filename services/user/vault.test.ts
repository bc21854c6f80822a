import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { eventually } from '#shared/testing'
import { requireDataKeys } from './data-keys'
import { type TestUsers, testDataKey, testUsers } from './testing'
import { parseDataKeys, vaultWith } from './vault'

const vault = vaultWith(parseDataKeys(testDataKey('one')))

describe('a sealed value', () => {
  test('opens to its text, and sealing again gives another value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, id) => {
        const sealed = vault.seal(text, `users.phone:${id}`)
        expect(vault.open(sealed, `users.phone:${id}`)).toBe(text)
        expect(vault.seal(text, `users.phone:${id}`)).not.toBe(sealed)
      }),
    )
  })
  test('is not what a fingerprint is: that is the same each time, and another under another key', () => {
    const print = vault.fingerprint('ann@example.com')
    expect(vaultWith(parseDataKeys(testDataKey('one'))).fingerprint('ann@example.com')).toBe(print)
    expect(vaultWith(parseDataKeys(testDataKey('two'))).fingerprint('ann@example.com')).not.toBe(print)
    expect(vault.fingerprint('ann@example.org')).not.toBe(print)
    expect(print).not.toBe(new Bun.CryptoHasher('sha256').update('ann@example.com').digest('base64url'))
    expect(print).toMatch(/^[\w-]{43}$/)
  })
  test('opens only in its own cell', () => {
    const sealed = vault.seal('0123456789', 'users.phone:1')
    for (const cell of ['users.phone:2', 'users.address:1', 'addresses.value:1'] as const) expect(() => vault.open(sealed, cell)).toThrow()
  })
  test('does not open when any byte was changed', () => {
    const [id, text] = vault.seal('0123456789', 'users.phone:1').split('.')
    const bytes = Buffer.from(text!, 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const forged = Buffer.from(bytes)
      forged[at]! ^= 1
      expect(() => vault.open(`${id}.${forged.toString('base64url')}`, 'users.phone:1')).toThrow()
    }
  })
  test('opens with an older key that is still in DATA_KEYS', () => {
    const rotated = vaultWith(parseDataKeys(`${testDataKey('two')},${testDataKey('one')}`))
    const sealed = vault.seal('text', 'users.phone:1')
    expect(rotated.open(sealed, 'users.phone:1')).toBe('text')
    expect(rotated.isCurrent(sealed)).toBe(false)
    expect(rotated.isCurrent(rotated.seal('text', 'users.phone:1'))).toBe(true)
    expect(() => vaultWith(parseDataKeys(testDataKey('two'))).open(sealed, 'users.phone:1')).toThrow('"one"')
  })
})

test('malformed data keys are refused', () => {
  for (const wrong of ['', 'one', 'one:short', `${testDataKey('one')},`, `${testDataKey('one')},${testDataKey('one')}`])
    expect(() => parseDataKeys(wrong)).toThrow('DATA_KEYS')
})

describe('stored values', () => {
  let users: TestUsers
  beforeAll(async () => {
    users = await testUsers()
  })
  afterAll(() => users.drop())

  const sealedColumns = async () => {
    const { db } = users.sql
    return JSON.stringify(
      await Promise.all([
        db.selectFrom('users').select(['phone', 'address', 'mfa_secret']).execute(),
        db.selectFrom('addresses').select('value').execute(),
        db.selectFrom('signing_keys').select('private_key').execute(),
      ]),
    )
  }

  test('are resealed with a new data key while the service runs', async () => {
    const ann = await users.signUp('ann', {
      phone: '0123456789',
      address: { line1: '1 Main Street', city: 'Springfield', region: 'IL', country: 'US' },
    })
    const { access } = await users.logIn(ann)
    const home = { line1: '2 Side Street', city: 'Shelbyville', region: 'IL', country: 'US' }
    await users.call('POST', '/api/users/me/addresses', { token: access, body: home })
    await users.call('POST', '/api/users/me/mfa', { token: access, body: { current_password: ann.password } })
    const stored = await sealedColumns()
    for (const text of ['0123456789', 'Main Street', 'Side Street', '"d"']) expect(stored).not.toContain(text)
    expect(stored).toContain('one.')

    const next = await users.instance(`${testDataKey('two')},${testDataKey('one')}`)
    for (let step = 0; (await next.reseal()) && step < 20; step++);
    expect(await sealedColumns()).not.toContain('one.')

    const last = await users.instance(testDataKey('two'))
    const profile = await last.call('GET', '/api/users/me', { token: access })
    expect(profile.body).toMatchObject({ phone: '0123456789', address: { line1: '1 Main Street' } })
    const { body } = await last.call('GET', '/api/users/me/addresses', { token: access })
    expect(body.items).toEqual([expect.objectContaining(home)])
    const entered = await last.call('POST', '/auth/login', { body: { email: ann.email, password: ann.password } })
    expect(entered.status).toBe(200)
    await Promise.all([next.close(), last.close()])
  })

  test('are resealed although one of them does not open, which is tried again', async () => {
    const [broken, intact] = [await users.signUp('bob', { phone: '0123456789' }), await users.signUp('cleo', { phone: '0123456789' })]
    const { db } = users.sql
    const phoneOf = async ({ id }: { id: number }) =>
      (await db.selectFrom('users').select('phone').where('id', '=', id).executeTakeFirstOrThrow()).phone
    const setPhone = (phone: string | null) => db.updateTable('users').set({ phone }).where('id', '=', broken.id).execute()
    const phone = await phoneOf(broken)
    await setPhone('one.broken')

    const next = await users.instance(`${testDataKey('two')},${testDataKey('one')}`)
    for (let step = 0; step < 10; step++) expect(await next.reseal()).toBe(true)
    expect(await phoneOf(intact)).toStartWith('two.')
    expect(users.warnings).toContainEqual(expect.objectContaining({ row: broken.id }))

    await setPhone(phone)
    await eventually(async () => !(await next.reseal()))
    expect(await phoneOf(broken)).toStartWith('two.')
    await next.close()
  })

  test('can be read by every instance in each step of a rotation: new key last, then first, then alone', async () => {
    const [one, two] = [testDataKey('alpha'), testDataKey('beta')]
    const shop = await testUsers({}, one)
    const person = await shop.signUp('dan', { phone: '0123456789' })
    const { access } = await shop.logIn(person)
    const phone = async (instance: Pick<TestUsers, 'call'>) => (await instance.call('GET', '/api/users/me', { token: access })).body.phone
    await requireDataKeys(shop)
    const starts = async (dataKeys: string) => {
      const instance = await shop.instance(dataKeys)
      await requireDataKeys({ sql: shop.sql, vault: instance.vault })
      return instance
    }
    await expect(starts(`${two},${one}`)).rejects.toThrow('"beta" is new')
    const last = await starts(`${one},${two}`)
    const both = [shop, last]
    await shop.call('PATCH', '/api/users/me', { token: access, body: { phone: '111' } })
    await last.call('PATCH', '/api/users/me', { token: access, body: { phone: '222' } })
    expect(await Promise.all(both.map(phone))).toEqual(['222', '222'])

    const first = await starts(`${two},${one}`)
    for (let step = 0; (await first.reseal()) && step < 20; step++)
      expect(await Promise.all([last, first].map(phone))).toEqual(['222', '222'])
    await last.call('PATCH', '/api/users/me', { token: access, body: { phone: '333' } })
    expect(await phone(first)).toBe('333')
    await first.call('PATCH', '/api/users/me', { token: access, body: { phone: '444' } })

    const alone = await starts(two)
    expect(await Promise.all([first, alone].map(phone))).toEqual(['444', '444'])
    await expect(starts(one)).rejects.toThrow('DATA_KEYS cannot open')
    await Promise.all([last.close(), first.close(), alone.close()])
    await shop.drop()
  })
})
