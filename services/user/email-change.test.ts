import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { untilLockWaits } from '#shared/testing'
import { day, hour } from '#shared/time'
import { lockUser } from './repository'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

const enter = async (name: string) => {
  const person = await users.signUp(name)
  const { access: token } = await users.logIn(person)
  const profile = async () => (await users.call('GET', '/api/users/me', { token })).body
  const change = (email: string) => users.call('PATCH', '/api/users/me', { token, body: { email, current_password: person.password } })
  return { ...person, token, profile, change }
}
const follow = (token: unknown) => users.call('POST', '/api/users/verify-email', { body: { token } })
const eventsOf = async (type: string, userId: number) => (await users.published(type)).filter(({ data }) => data.user_id === userId)
/** The newest mail with a link, as the notification service would write it. */
const mailed = async (userId: number) => {
  const [event] = (await eventsOf('user.email_verification_requested', userId)).slice(-1)
  const path = `/internal/tokens/${event?.data.token_id}`
  return (await users.call('GET', path, { token: await users.asService('notification') })).body
}

describe('a new e-mail', () => {
  test('waits until its link is followed; until then the old one stays and is notified', async () => {
    const ann = await enter('ann')
    expect((await ann.change('ann@new.example.com')).body).toMatchObject({ email: ann.email, pending_email: 'ann@new.example.com' })
    const mail = await mailed(ann.id)
    expect(mail).toMatchObject({ kind: 'email_change', email: 'ann@new.example.com' })
    const [notice, ...more] = await eventsOf('user.email_change_requested', ann.id)
    expect([notice?.data, more]).toEqual([{ user_id: ann.id, warning_id: expect.any(String) }, []])
    const contact = await users.call('GET', `/internal/users/${ann.id}`, { token: await users.asService('notification') })
    expect(contact.body.email).toBe(ann.email)
    expect((await users.logIn(ann)).access).toContain('.')

    expect((await follow(mail.token)).status).toBe(204)
    expect(await ann.profile()).toMatchObject({ email: 'ann@new.example.com', pending_email: null, email_verified: true })
    expect((await follow(mail.token)).status).toBe(400)
    expect((await users.logIn({ ...ann, email: 'ann@new.example.com' })).access).toContain('.')
    expect((await users.call('POST', '/auth/login', { body: { email: ann.email, password: ann.password } })).status).toBe(401)
  })
  test('ends the links in earlier mails, of the old address and of a change that was replaced or withdrawn', async () => {
    const bob = await enter('bob')
    const welcome = await mailed(bob.id)
    await bob.change('bob@first.example.com')
    const first = await mailed(bob.id)
    await bob.change('bob@second.example.com')
    const second = await mailed(bob.id)
    expect((await follow(first.token)).status).toBe(400)
    expect((await bob.change(bob.email)).body.pending_email).toBeNull()
    expect((await follow(second.token)).status).toBe(400)
    await bob.change('bob@third.example.com')
    expect((await follow((await mailed(bob.id)).token)).status).toBe(204)
    expect((await follow(welcome.token)).status).toBe(400)
  })
  test('leaves its address free for its owner, and is refused if that one was faster', async () => {
    const thief = await enter('thief')
    await thief.change('owner@example.com')
    const { token } = await mailed(thief.id)
    const owner = await enter('owner')
    expect((await follow(token)).body).toMatchObject({ status: 409, code: 'email_taken' })
    expect((await thief.profile()).email).toBe(thief.email)
    expect((await thief.change(owner.email)).body).toMatchObject({ status: 409, code: 'email_taken' })
  })
  test('is not begun with a password that is replaced before it is written', async () => {
    const gus = await enter('gus')
    const { answer } = await users.sql.transaction(async trx => {
      await lockUser(trx, gus.id)
      const answer = gus.change('late@example.com')
      // Its password is compared before it comes to the lock.
      await untilLockWaits(users.sql.db, 1)
      await trx.updateTable('users').set({ password_hash: 'of another password' }).where('id', '=', gus.id).execute()
      return { answer }
    })
    expect((await answer).body).toMatchObject({ status: 401, code: 'wrong_password' })
    expect((await gus.profile()).pending_email).toBeNull()
  })
  test('is withdrawn by a new password, and its link is neither followed nor mailed again', async () => {
    const hal = await enter('hal')
    await hal.change('hal@new.example.com')
    const { token } = await mailed(hal.id)
    const body = { current_password: hal.password, new_password: 'another password' }
    expect((await users.call('POST', '/api/users/me/password', { token: hal.token, body })).status).toBe(204)
    expect((await follow(token)).status).toBe(400)
    const { access } = await users.logIn({ ...hal, password: 'another password' })
    expect((await users.call('GET', '/api/users/me', { token: access })).body.pending_email).toBeNull()
    expect((await users.call('POST', '/api/users/me/verify-email', { token: access })).status).toBe(202)
    expect(await mailed(hal.id)).toMatchObject({ kind: 'email_verification', email: hal.email })
  })
  test('can be mailed again', async () => {
    const cleo = await enter('cleo')
    await cleo.change('cleo@new.example.com')
    expect((await users.call('POST', '/api/users/me/verify-email', { token: cleo.token })).status).toBe(202)
    expect(await eventsOf('user.email_verification_requested', cleo.id)).toHaveLength(3)
    expect((await follow((await mailed(cleo.id)).token)).status).toBe(204)
  })
})

describe('the address to warn of a new e-mail', () => {
  const asNotification = async (path: string) => users.call('GET', path, { token: await users.asService('notification') })
  const warnedOf = async (userId: number) => {
    const events = await eventsOf('user.email_change_requested', userId)
    return Promise.all(events.map(({ data }) => asNotification(`/internal/email-warnings/${data.warning_id}`)))
  }

  test('is the one before it, also after a second change, and is in the export', async () => {
    const ida = await enter('ida')
    for (const email of ['thief@first.example.com', 'thief@second.example.com']) {
      await ida.change(email)
      expect((await follow((await mailed(ida.id)).token)).status).toBe(204)
    }
    const emails = [ida.email, 'thief@first.example.com']
    expect((await warnedOf(ida.id)).map(({ body }) => body)).toEqual(emails.map(email => ({ email })))
    expect((await users.call('GET', '/api/users/me/export', { token: ida.token })).body.warned_emails).toEqual(emails)
  })
  test('is kept for 30 days, and for notification alone', async () => {
    const jan = await enter('jan')
    await jan.change('jan@new.example.com')
    const [event] = await eventsOf('user.email_change_requested', jan.id)
    const path = `/internal/email-warnings/${event?.data.warning_id}`
    expect((await users.call('GET', path, { token: jan.token })).status).toBe(401)
    expect((await users.call('GET', path, { token: await users.asService('shipping') })).status).toBe(403)
    const kept = () => users.sql.db.selectFrom('email_warnings').select('email').where('user_id', '=', jan.id).execute()
    await users.emailWarnings.deleteExpired()
    expect(await kept()).toEqual([{ email: jan.email }])
    users.pass(30 * day)
    expect((await asNotification(path)).body).toMatchObject({ status: 404, code: 'email_warning_not_found' })
    await users.emailWarnings.deleteExpired()
    expect(await kept()).toEqual([])
  })
  test('is gone with an erased account', async () => {
    const kit = await enter('kit')
    await kit.change('kit@new.example.com')
    expect((await warnedOf(kit.id)).map(({ status }) => status)).toEqual([200])
    const erasure = { token: kit.token, body: { current_password: kit.password } }
    expect((await users.call('DELETE', '/api/users/me', erasure)).status).toBe(204)
    expect((await warnedOf(kit.id)).map(({ status }) => status)).toEqual([404])
    expect(await users.sql.db.selectFrom('email_warnings').selectAll().where('user_id', '=', kit.id).execute()).toEqual([])
  })
})

describe('mails', () => {
  test('of one account are five of a kind in an hour, to whichever addresses they go', async () => {
    const dan = await enter('dan')
    const answers: number[] = []
    for (let i = 0; i < 8; i++) answers.push((await dan.change(i % 2 ? 'victim@example.com' : `other${i}@example.com`)).status)
    expect(answers).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
    users.pass(hour)
    expect((await dan.change('later@example.com')).status).toBe(200)
  })
  test('to verify the present address are as many, and the next is refused', async () => {
    const { token, id } = await enter('finn')
    const answers = []
    for (let i = 0; i < 5; i++) answers.push(await users.call('POST', '/api/users/me/verify-email', { token }))
    // The first of the five came with the registration.
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 429])
    expect(answers.at(-1)?.body.code).toBe('too_many_mails')
    expect(await eventsOf('user.email_verification_requested', id)).toHaveLength(5)
  })
  test('to one address are five of a kind in an hour, whichever accounts cause them and also at the same time', async () => {
    const people = await Promise.all(Array.from({ length: 7 }, (_, i) => enter(`bomber${i}`)))
    const answers = await Promise.all(people.map(({ change }) => change('target@example.com')))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 429, 429])
    expect(Number(answers.find(({ status }) => status === 429)?.headers.get('retry-after'))).toBeGreaterThan(0)
  })
  test('are not earned anew by erasing the account and registering again', async () => {
    const ids: number[] = []
    for (let i = 0; i < 5; i++) {
      const { id, token, password } = await enter('phoenix')
      ids.push(id)
      await users.call('DELETE', '/api/users/me', { token, body: { current_password: password } })
    }
    const { email, username, password, full_name } = await users.signUp('unborn', { email: 'phoenix@example.com' })
    const sixth = await users.call('POST', '/auth/register', { body: { email, username, password, full_name } })
    expect(sixth.body).toMatchObject({ status: 429, code: 'too_many_mails' })
    // Each registration causes two mails: the welcome, and the one that verifies the address.
    for (const type of ['user.registered', 'user.email_verification_requested'])
      expect((await users.published(type)).filter(({ data }) => data.user_id >= Math.min(...ids))).toHaveLength(5)
    users.pass(hour)
    expect((await users.call('POST', '/auth/register', { body: { email, username, password, full_name } })).status).toBe(201)
  })
  test('that warn one address are five of a kind in an hour, also when the account is erased and registered again', async () => {
    let warned = 0
    for (let i = 0; i < 2; i++) {
      const { id, change, token, password } = await enter('repeater')
      for (let j = 0; j < 3; j++) expect((await change(`repeater${i}${j}@example.org`)).status).toBe(200)
      warned += (await eventsOf('user.email_change_requested', id)).length
      await users.call('DELETE', '/api/users/me', { token, body: { current_password: password } })
    }
    expect(warned).toBe(5)
  })
  test('are counted in rows that hold no address, and only for an hour', async () => {
    await enter('eve')
    const rows = await users.sql.db.selectFrom('mail_quotas').selectAll().execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain('@')
    users.pass(hour + 1)
    await users.quotas.deleteExpired()
    expect(await users.sql.db.selectFrom('mail_quotas').selectAll().execute()).toEqual([])
  })
})

test('no error was logged', () => expect(users.failures).toEqual([]))
