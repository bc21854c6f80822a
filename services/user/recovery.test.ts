import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Secret, TOTP } from 'otpauth'
import { eventually } from '#shared/testing'
import { hour } from '#shared/time'
import { lockUser } from './repository'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

/** The newest mail to a user, as the notification service would write it. */
const mailed = async (type: string, userId: number) => {
  const event = (await users.published(type)).findLast(({ data }) => data.user_id === userId)!
  const answer = await users.call('GET', `/internal/tokens/${event.data.token_id}`, { token: await users.asService('notification') })
  return { event, ...answer }
}
const ask = (email: string) => users.call('POST', '/api/users/password/forgot', { body: { email } })
/** The token is issued after the answer. */
const forgot = async (email: string) => {
  const answer = await ask(email)
  await Bun.sleep(1)
  await eventually(() => users.sql.pool.inUse + users.sql.pool.waiting === 0)
  return answer
}
const reset = (token: unknown, password = 'a brand new password') =>
  users.call('POST', '/api/users/password/reset', { body: { token, new_password: password } })
const resetToken = async (person: { id: number; email: string }) => {
  await forgot(person.email)
  return String((await mailed('user.password_reset_requested', person.id)).body.token)
}

describe('a forgotten password', () => {
  test('gets the same answer whether or not there is such an account', async () => {
    const { email } = await users.signUp('known')
    const answers = [await forgot(email), await forgot('nobody@example.com')]
    for (const { status, text } of answers) expect({ status, text }).toEqual({ status: 202, text: '' })
  })
  test('is answered without waiting for the account, whose lock would show by the time that there is one', async () => {
    const { id, email } = await users.signUp('busy')
    const requests = async () => (await users.published('user.password_reset_requested')).filter(({ data }) => data.user_id === id)
    const answer = await users.sql.transaction(async trx => {
      await lockUser(trx, id)
      return Promise.race([ask(email), Bun.sleep(2000)])
    })
    expect(answer).toMatchObject({ status: 202 })
    await eventually(async () => (await requests()).length === 1)
  })
  test('is reset with the mailed token, once, which ends every session', async () => {
    const ann = await users.signUp('ann')
    const { access, refresh } = await users.logIn(ann)
    const token = await resetToken(ann)
    expect((await reset(token)).status).toBe(204)
    expect((await reset(token)).body).toMatchObject({ status: 400, code: 'invalid_token' })
    await eventually(async () => (await users.call('GET', '/api/users/me', { token: access })).status === 401)
    expect((await users.call('POST', '/auth/refresh', { body: { refresh_token: refresh } })).status).toBe(401)
    expect((await users.call('POST', '/auth/login', { body: { email: ann.email, password: ann.password } })).status).toBe(401)
    expect((await users.logIn({ ...ann, password: 'a brand new password' })).access).toContain('.')
  })
  test('is reset by the owner of the mailbox, which verifies it and withdraws the new e-mail that somebody else asked for', async () => {
    const victim = await users.signUp('victim')
    const stranger = await users.logIn(victim)
    const change = { email: 'stranger@example.org', current_password: victim.password }
    await users.call('PATCH', '/api/users/me', { token: stranger.access, body: change })
    const link = (await mailed('user.email_verification_requested', victim.id)).body
    expect(link).toMatchObject({ kind: 'email_change', email: change.email })
    expect((await reset(await resetToken(victim))).status).toBe(204)
    expect((await users.call('POST', '/api/users/verify-email', { body: { token: link.token } })).status).toBe(400)

    const { access: token } = await users.logIn({ ...victim, password: 'a brand new password' })
    const { body } = await users.call('GET', '/api/users/me', { token })
    expect(body).toMatchObject({ email: victim.email, email_verified: true, pending_email: null })
    const before = (await users.published('user.email_verification_requested')).length
    expect((await users.call('POST', '/api/users/me/verify-email', { token })).status).toBe(202)
    expect(await users.published('user.email_verification_requested')).toHaveLength(before)
  })
  test('is reset with two-factor login off where nobody had verified the address, and with it on where somebody had', async () => {
    const turnOn = async (name: string, { isVerified }: { isVerified: boolean }) => {
      const person = await users.signUp(name)
      const { access: token } = await users.logIn(person)
      const { token: link } = (await mailed('user.email_verification_requested', person.id)).body
      if (isVerified) await users.call('POST', '/api/users/verify-email', { body: { token: link } })
      const { body } = await users.call('POST', '/api/users/me/mfa', { token, body: { current_password: person.password } })
      const code = TOTP.generate({ secret: Secret.fromBase32(String(body.secret)), timestamp: users.now() })
      expect((await users.call('POST', '/api/users/me/mfa/verify', { token, body: { code } })).status).toBe(200)
      await reset(await resetToken(person))
      return users.call('POST', '/auth/login', { body: { email: person.email, password: 'a brand new password' } })
    }
    expect((await turnOn('squatted', { isVerified: false })).body).toMatchObject({ access_token: expect.any(String) })
    expect((await turnOn('careful', { isVerified: true })).body).toMatchObject({ mfa_required: true })
  })
  test('is reset by one of two requests that use a token at the same time', async () => {
    const token = await resetToken(await users.signUp('racer'))
    const both = await Promise.all([reset(token, 'the first password'), reset(token, 'the second password')])
    expect(both.map(({ status }) => status).sort()).toEqual([204, 400])
  })
  test('is not reset by a token from before another reset, or older than an hour', async () => {
    const bob = await users.signUp('bob')
    const older = await resetToken(bob)
    const newer = await resetToken(bob)
    expect(newer).not.toBe(older)
    await reset(newer)
    expect((await reset(older)).status).toBe(400)
    const late = await resetToken(bob)
    users.pass(hour)
    expect((await reset(late)).status).toBe(400)
  })
  test('causes at most five mails an hour, and as many entries in the audit log', async () => {
    const { id, email } = await users.signUp('flooded')
    for (let i = 0; i < 8; i++) await forgot(email)
    expect((await users.published('user.password_reset_requested')).filter(({ data }) => data.user_id === id)).toHaveLength(5)
    const { items } = await users.audit.list({ skip: 0, limit: 100, user_id: id })
    expect(items.filter(({ action }) => action === 'password.reset_requested')).toHaveLength(5)
  })
})

describe('a mailed token', () => {
  test('is shown to the notification service only, for the id in the event', async () => {
    const { id, email } = await users.signUp('mailed')
    const { event, status, body } = await mailed('user.email_verification_requested', id)
    expect(status).toBe(200)
    expect(body).toMatchObject({ kind: 'email_verification', user_id: id, email })
    expect(JSON.stringify(event)).not.toContain(String(body.token))
    const path = `/internal/tokens/${event.data.token_id}`
    expect((await users.call('GET', path)).status).toBe(401)
    expect((await users.call('GET', path, { token: await users.asService('cart') })).status).toBe(403)
  })
  test('is refused for another purpose, and when it is changed or made up', async () => {
    const { id } = await users.signUp('tricky')
    const token = String((await mailed('user.email_verification_requested', id)).body.token)
    const [tokenId, proof] = token.split('.')
    for (const wrong of [token, `${tokenId}.${'A'.repeat(43)}`, `${'0'.repeat(32)}.${proof}`, String(tokenId), '.'])
      expect((await reset(wrong)).status).toBe(400)
  })
  test('verifies an e-mail once', async () => {
    const person = await users.signUp('verified')
    const { body } = await mailed('user.email_verification_requested', person.id)
    const verify = () => users.call('POST', '/api/users/verify-email', { body: { token: body.token } })
    expect((await verify()).status).toBe(204)
    expect((await verify()).status).toBe(400)
    const { access } = await users.logIn(person)
    expect((await users.call('GET', '/api/users/me', { token: access })).body.email_verified).toBe(true)
  })
})

test('contacts are shown to the notification service only, without unknown users', async () => {
  const { id } = await users.signUp('reached', { phone: '0123456789' })
  const token = await users.asService('notification')
  const contact = {
    id,
    email: 'reached@example.com',
    username: 'reached',
    full_name: 'Some Body',
    phone: '0123456789',
    language: 'en',
    email_verified: false,
  }
  expect((await users.call('GET', `/internal/users/${id}`, { token })).body).toEqual(contact)
  const many = await users.call('POST', '/internal/users/contacts', { token, body: { ids: [id, 999_999] } })
  expect(many.body).toEqual({ items: [contact] })
  expect((await users.call('GET', `/internal/users/${id}`, { token: await users.asService('product') })).status).toBe(403)
})

test('no error was logged', () => expect(users.failures).toEqual([]))
