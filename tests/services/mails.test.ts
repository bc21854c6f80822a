import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { sql as raw } from 'kysely'
import * as catalog from '#shared/catalog'
import { eventually, testBus, testSql } from '#shared/testing'
import { type ReceivedMail, testMailServer } from '../../services/notification/channels/testing-mail-server'
import { contentColumn, type NotificationDb } from '../../services/notification/database'
import { start as startNotification } from '../../services/notification/main'
import { auditSchemaOf, type UserDb } from '../../services/user/database'
import { start as startUser } from '../../services/user/main'

/** The user and the notification service as they run, with a broker between them and a real mail server at the end. */
const root = join(import.meta.dir, '../..')
let users: Awaited<ReturnType<typeof testSql<UserDb>>>
let messages: Awaited<ReturnType<typeof testSql<NotificationDb>>>
let broker: Awaited<ReturnType<typeof testBus>>
let post: Awaited<ReturnType<typeof testMailServer>>
let user: Awaited<ReturnType<typeof startUser>>
let notification: Awaited<ReturnType<typeof startNotification>> | undefined
let environment: Record<string, string>

const ofNotification = (server = post) => ({
  ...environment,
  MYSQL_URL: messages.url,
  NOTIFICATION_EMAIL: 'smtp',
  SMTP_URL: `${server.url}?tls=off`,
  MAIL_FROM: 'The Shop <shop@shop.example>',
  SHOP_URL: 'https://shop.example',
  API_URL: 'https://shop.example',
})

beforeAll(async () => {
  ;[users, messages, broker, post] = await Promise.all([
    testSql<UserDb>({ service: 'user' }),
    testSql<NotificationDb>({ service: 'notification' }),
    testBus(Object.values(catalog)),
    testMailServer(),
  ])
  environment = {
    REDIS_URL: Object.assign(new URL(process.env.TEST_REDIS_URL ?? ''), { pathname: '/15' }).href,
    RABBITMQ_URL: broker.url,
    BROKER_PREFIX: broker.prefix,
    INTERNAL_KEY: 'an internal key that only tests know of',
    LOG_LEVEL: 'silent',
    PORT: '0',
  }
  user = await startUser({ ...environment, MYSQL_URL: users.url, DATA_KEYS: `one:${Buffer.alloc(32, 7).toString('base64')}` })
  notification = await startNotification(ofNotification())
})
afterAll(async () => {
  await Promise.all([user.stop(), notification?.stop()])
  await raw`drop database ${raw.id(await auditSchemaOf(users.sql.db))}`.execute(users.sql.db)
  await Promise.all([users.drop(), messages.drop(), broker.drop(), post.stop()])
})

const send = async (method: string, path: string, body?: object, token?: string) => {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const answer = await fetch(user.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Record<string, unknown> }
}
const register = async (name: string, more: object = {}) => {
  const person = { email: `${name}@example.com`, username: name, password: 'the first password', full_name: 'Ann Lee', ...more }
  const { status, body } = await send('POST', '/api/users/register', person)
  expect(status).toBe(201)
  return { ...person, id: Number(body.id) }
}
const logIn = async (username: string, password: string) => send('POST', '/api/users/login', { username, password })
const mailTo = (address: string, contains: string): Promise<ReceivedMail> =>
  eventually(() => post.mails.find(({ to, text }) => to.includes(address) && text.includes(contains)))
const tokenIn = ({ text }: ReceivedMail) => /\?token=([\w.-]+)/.exec(text)?.[1] ?? ''

describe('a user who registers', () => {
  test('gets a mail whose link verifies the address, once', async () => {
    const person = await register('mia')
    const mail = await mailTo(person.email, 'https://shop.example/verify-email?token=')
    expect(mail.to).toEqual([person.email])
    expect(mail.headers.from).toContain('shop@shop.example')
    expect(mail.html).toContain(tokenIn(mail))
    expect(mail.headers['list-unsubscribe']).toBeUndefined()
    const { body } = await logIn('mia', person.password)
    const token = String(body.access_token)
    expect((await send('GET', '/api/users/me', undefined, token)).body.email_verified).toBe(false)
    expect((await send('POST', '/api/users/verify-email', { token: tokenIn(mail) })).status).toBe(204)
    expect((await send('GET', '/api/users/me', undefined, token)).body.email_verified).toBe(true)
    expect((await send('POST', '/api/users/verify-email', { token: tokenIn(mail) })).body.code).toBe('invalid_token')
  })

  test('and forgets the password gets a mail whose link sets a new one, and is told that it did', async () => {
    const person = await register('leo')
    expect((await send('POST', '/api/users/password/forgot', { email: person.email })).status).toBe(202)
    const mail = await mailTo(person.email, 'https://shop.example/reset-password?token=')
    const reset = await send('POST', '/api/users/password/reset', { token: tokenIn(mail), new_password: 'the second password' })
    expect(reset.status).toBe(204)
    await mailTo(person.email, 'Your account has a new password')
    expect((await logIn('leo', person.password)).status).toBe(401)
    expect((await logIn('leo', 'the second password')).status).toBe(200)
    const rows = await messages.sql.db.selectFrom('deliveries').select('content').where('user_id', '=', person.id).execute()
    const contents = rows.flatMap(({ content }) => (content === null ? [] : [JSON.stringify(contentColumn.read(content))]))
    expect(contents).not.toBeEmpty()
    expect(contents.join()).not.toContain(tokenIn(mail))
  })

  test('and changes the e-mail gets the link at the new address, and the old one is told', async () => {
    const person = await register('kim', { language: 'ko' })
    const { body } = await logIn('kim', person.password)
    const change = { email: 'kim-new@example.com', current_password: person.password }
    expect((await send('PATCH', '/api/users/me', change, String(body.access_token))).status).toBe(200)
    const mail = await mailTo('kim-new@example.com', 'verify-email?token=')
    await eventually(() => post.mails.filter(({ to }) => to.includes(person.email)).length >= 3)
    const told = post.mails.filter(({ to, text }) => to.includes(person.email) && !text.includes('token='))
    expect(told.every(({ headers }) => /[가-힣]/.test(headers.subject ?? ''))).toBe(true)
    expect((await send('POST', '/api/users/verify-email', { token: tokenIn(mail) })).status).toBe(204)
  })
})

test('a mail is sent once more, with the same Message-ID, when its instance is killed after the server has it', async () => {
  await notification?.stop()
  notification = undefined
  const ids: string[] = []
  const killing = await testMailServer({
    async onData(stream, _, done) {
      let raw = ''
      try {
        for await (const bytes of stream) raw += bytes
      } catch {
        // Another mail was under way when the instance died.
        return done()
      }
      if (raw.includes('verify-email')) {
        ids.push(/^message-id: (.*)$/im.exec(raw)?.[1] ?? '')
        // It never hears the yes.
        doomed.kill('SIGKILL')
        await doomed.exited
      }
      done()
    },
  })
  const doomed = Bun.spawn([process.execPath, 'services/notification/main.ts'], {
    cwd: root,
    env: { ...ofNotification(killing), PATH: process.env.PATH ?? '' },
    stdout: 'ignore',
    stderr: 'ignore',
  })
  const person = await register('pat')
  await doomed.exited
  expect(ids).toHaveLength(1)
  const { db } = messages.sql
  const verification = db.selectFrom('deliveries').selectAll().where('user_id', '=', person.id).where('kind', '=', 'verify_email')
  expect(await verification.execute()).toMatchObject([{ state: 'queued', claims: 1 }])
  // The claim of the dead instance runs out.
  await db.updateTable('deliveries').set({ due_at: new Date() }).where('user_id', '=', person.id).where('state', '=', 'queued').execute()
  notification = await startNotification(ofNotification())
  const again = await mailTo(person.email, 'verify-email')
  await eventually(async () => (await verification.executeTakeFirst())?.state === 'sent')
  expect(post.mails.filter(({ to, text }) => to.includes(person.email) && text.includes('verify-email'))).toHaveLength(1)
  expect(again.headers['message-id']).toBe(ids[0] ?? '')
  await killing.stop()
})
