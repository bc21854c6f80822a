import { describe, expect, test } from 'bun:test'
import * as catalog from '#shared/catalog'
import { hour, minute, second } from '#shared/time'
import { testNotification } from './testing'
import { placed, resetRequested, statusUpdated, watchTriggered } from './testing-events'

const shop = await testNotification()
const later = (ms: number) => new Date(Date.now() + ms)
/** A watch of this user has something to tell. */
const watched = (...[userId, kind]: Parameters<typeof watchTriggered>) => shop.handle(watchTriggered(userId, kind))

describe('preferences', () => {
  test('are the defaults at first, and what they answer can be sent back', async () => {
    const user = await shop.newUser()
    const { body } = await user.send('GET', '/preferences')
    expect(body).toMatchObject({
      language: null,
      quiet_hours: null,
      kinds: { price_drop: { in_app: true, email: true, sms: false, push: true } },
    })
    expect(body.kinds).not.toHaveProperty('low_stock')
    expect(await user.send('PUT', '/preferences', body)).toMatchObject({ status: 200, body })
  })

  test('decide which channels get a message', async () => {
    const user = await shop.newUser()
    shop.neighbours.people.set(user.id, { phone: '+82101234567' })
    await user.send('PUT', '/preferences', { kinds: { order_placed: { email: false, in_app: false, sms: true } } })
    await shop.handle(placed(200, user.id), statusUpdated(200, user.id, 'paid'))
    await shop.sendAll()
    expect((await user.send('GET', '/')).body.items).toMatchObject([{ kind: 'order_paid' }])
    expect((await shop.deliveriesOf(user.id)).map(({ kind, channel }) => [kind, channel])).toEqual([
      ['order_placed', 'sms'],
      ['order_paid', 'email'],
    ])
    expect(shop.channels.sms.to('+82101234567')).toMatchObject([{ text: expect.stringContaining('200') }])
  })

  test('are asked again at the moment of sending', async () => {
    const user = await shop.newUser()
    await shop.handle(placed(201, user.id))
    await user.send('PUT', '/preferences', { kinds: { order_placed: { email: false } } })
    await shop.sendAll()
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'suppressed', reason: 'the reader does not want it' }])
  })

  test.each([
    ['that would turn off a critical message', { kinds: { password_reset: { email: false } } }, 'critical_kind'],
    ['with an unknown time zone', { quiet_hours: { from: '22:00', until: '08:00', time_zone: 'Mars/Base' } }, 'unknown_time_zone'],
    ['with quiet hours of no length', { quiet_hours: { from: '22:00', until: '22:00', time_zone: 'UTC' } }, 'empty_quiet_hours'],
    ['with a time that no clock shows', { quiet_hours: { from: '24:00', until: '08:00', time_zone: 'UTC' } }, 'invalid_input'],
    ['for an unknown kind', { kinds: { gossip: { email: true } } }, 'invalid_input'],
    ['for a channel that the kind cannot use', { kinds: { digest: { sms: true } } }, 'invalid_input'],
    ['in an unknown language', { language: 'xx' }, 'invalid_input'],
  ])('%s are refused and change nothing', async (_, body, code) => {
    const user = await shop.newUser()
    const before = (await user.send('GET', '/preferences')).body
    expect(await user.send('PUT', '/preferences', body)).toMatchObject({ status: 400, body: { code } })
    expect((await user.send('GET', '/preferences')).body).toEqual(before)
  })
})

describe('quiet hours', () => {
  const now = new Date()
  const clock = (ms: number) => new Date(now.getTime() + ms).toISOString().slice(11, 16)
  const quiet = { from: clock(-hour), until: clock(hour), time_zone: 'UTC' }

  test('hold back what is not critical until they end; the list in the shop has it at once', async () => {
    const user = await shop.newUser()
    await user.send('PUT', '/preferences', { quiet_hours: quiet })
    shop.neighbours.tokens.set('q1', { user_id: user.id, kind: 'password_reset', email: user.email, token: 'x'.repeat(76) })
    await shop.handle(placed(210, user.id), resetRequested(user.id, 'q1'))
    await shop.sendAll()
    expect((await shop.deliveriesOf(user.id)).map(({ kind, state, attempts }) => [kind, state, attempts])).toEqual([
      ['order_placed', 'queued', 0],
      ['password_reset', 'sent', 1],
    ])
    expect((await user.send('GET', '/')).body.total).toBe(1)
    await shop.sendAll(later(hour + minute))
    expect((await shop.deliveriesOf(user.id))[0]).toMatchObject({ state: 'sent', attempts: 1 })
    // What waited on purpose is not overdue.
    expect(await shop.deliveries.overdue()).toEqual([])
  })

  test('gather the news of watches in one digest, however long they last', async () => {
    const user = await shop.newUser()
    await user.send('PUT', '/preferences', { quiet_hours: quiet })
    for (let news = 0; news < 3; news++) {
      await watched(user.id)
      await shop.sendAll(later(second))
    }
    expect(shop.channels.email.to(user.email)).toEqual([])
    await shop.sendAll(later(hour + minute))
    const [digest, ...more] = shop.channels.email.to(user.email)
    expect(digest?.text.match(/Product 12/g)?.length).toBe(3)
    expect(more).toEqual([])
  })
})

describe('news of watches', () => {
  test('go out in one mail an hour: the first at once, the rest together', async () => {
    const user = await shop.newUser()
    await watched(user.id)
    await shop.sendAll(later(second))
    const [first, ...more] = shop.channels.email.to(user.email)
    expect(more).toEqual([])
    expect(first?.text).toContain('$12.50')
    await watched(user.id, 'back_in_stock')
    await watched(user.id)
    await watched(user.id)
    await shop.sendAll(later(30 * minute))
    expect(shop.channels.email.to(user.email)).toHaveLength(1)
    await shop.sendAll(later(hour + minute))
    const digest = shop.channels.email.to(user.email)[1]
    expect(digest?.text.match(/Product 12/g)?.length).toBe(3)
    expect(shop.channels.email.to(user.email)).toHaveLength(2)
    expect((await user.send('GET', '/')).body.total).toBe(4)
  })

  test('are in a new digest while a provider may have taken the last', async () => {
    const user = await shop.newUser()
    await watched(user.id)
    shop.channels.email.answer(() => ({ outcome: 'retry', reason: 'the server is busy' }))
    await shop.sendAll(later(second))
    await watched(user.id)
    expect((await shop.deliveriesOf(user.id)).map(({ attempts }) => attempts)).toEqual([1, 0])
    shop.channels.email.answer(async ({ message_id }) => ({ outcome: 'sent', provider: 'sandbox', provider_id: message_id }))
    await shop.sendAll(later(2 * hour))
    expect((await shop.deliveriesOf(user.id)).map(({ state }) => state)).toEqual(['sent', 'sent'])
  })

  test('of one reader leave the digests of others theirs, however many they are', async () => {
    const [busy, quiet] = [await shop.newUser(), await shop.newUser()]
    await watched(busy.id)
    const [digest] = await shop.deliveriesOf(busy.id)
    const [entry] = await shop.sql.db.selectFrom('digest_entries').selectAll().where('user_id', '=', busy.id).execute()
    if (!digest || !entry) throw new Error('there is no digest')
    const many = Array.from({ length: 6000 }, (_, at) => ({ ...entry, id: undefined, cause: `more ${at}` }))
    for (let at = 0; at < many.length; at += 1000)
      await shop.sql.db
        .insertInto('digest_entries')
        .values(many.slice(at, at + 1000))
        .execute()
    await watched(quiet.id)
    await shop.sendAll(later(second))
    expect(shop.channels.email.to(busy.email)[0]?.text.match(/Product 12/g)?.length).toBe(200)
    expect(shop.channels.email.to(quiet.email)[0]?.text).toContain('Product 12')
  })

  test('that come at once, on several instances, are in one digest, each once', async () => {
    const user = await shop.newUser()
    await watched(user.id)
    await shop.sendAll(later(second))
    await Promise.all(Array.from({ length: 20 }, () => watched(user.id)))
    await shop.sendAll(later(2 * hour))
    const mails = shop.channels.email.to(user.email)
    expect(mails).toHaveLength(2)
    expect(mails[1]?.text.match(/Product 12/g)?.length).toBe(20)
  })

  test('carry an unsubscribe link that is short, works once and again without a login, and stops those mails alone', async () => {
    const user = await shop.newUser()
    await watched(user.id)
    await shop.sendAll(later(second))
    const url = shop.channels.email.to(user.email)[0]?.unsubscribe?.url ?? ''
    expect(url).toStartWith('https://api.shop.example/api/notifications/unsubscribe/')
    const path = new URL(url).pathname
    expect(path.split('/').at(-1)?.length).toBeLessThan(60)
    const ask = (method: string, headers: Record<string, string> = {}, body?: string) =>
      shop.app.handle(new Request(`http://localhost${path}`, { method, headers, ...(body !== undefined && { body }) }))

    const looked = await ask('GET')
    expect(await looked.json()).toMatchObject({ kind: 'digest', unsubscribed: false })
    const page = await ask('GET', { accept: 'text/html' })
    expect(await page.text()).toContain('<form method="post">')
    expect((await user.send('GET', '/preferences')).body.kinds.price_drop.email).toBe(true)

    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    for (let times = 0; times < 2; times++) {
      const answer = await ask('POST', form, 'List-Unsubscribe=One-Click')
      expect([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie')]).toEqual([200, null, null])
    }
    const { kinds } = (await user.send('GET', '/preferences')).body
    expect([kinds.price_drop, kinds.back_in_stock]).toMatchObject([{ email: false, in_app: true }, { email: false }])
    expect(kinds.order_placed.email).toBe(true)
    await watched(user.id)
    await shop.sendAll(later(2 * hour))
    expect(shop.channels.email.to(user.email)).toHaveLength(1)
  })

  test.each([
    ['ko-KR,ko;q=0.9,en;q=0.8', 'ko', '앞으로 가격 인하 메일을 보내 드리지 않습니다.'],
    ['fr,ZH-Hant;q=0.9,en;q=0.8', 'zh', '您将不再收到降价提醒邮件。'],
    ['vi', 'vi', 'Bạn sẽ không nhận thư báo giảm giá nữa.'],
    ['fr', 'en', 'You will get no more mails with news of lower prices.'],
    [undefined, 'en', 'You will get no more mails with news of lower prices.'],
  ])('have a page behind that link in the language of its reader: %p', async (accepted, language, told) => {
    const { id } = await shop.newUser()
    const url = `http://localhost/api/notifications/unsubscribe/${shop.unsubscribes.tokenFor(id, 'price_drop')}`
    const headers = { accept: 'text/html', ...(accepted && { 'accept-language': accepted }) }
    for (const method of ['GET', 'POST']) {
      const page = await (await shop.app.handle(new Request(url, { method, headers }))).text()
      expect(page).toContain(`<html lang="${language}">`)
      expect(page).toContain(told)
    }
  })

  test('cannot be stopped for somebody else: a changed link is refused', async () => {
    const user = await shop.newUser()
    const token = shop.unsubscribes.tokenFor(user.id, 'price_drop')
    const other = shop.unsubscribes.tokenFor(user.id + 1, 'price_drop')
    const forged = [
      `${token.split('.')[0]}.${other.split('.').slice(1).join('.')}`,
      token.replace('price_drop', 'digest'),
      `${token}x`,
      'x',
    ]
    for (const wrong of forged) {
      expect(await shop.send('POST', `/unsubscribe/${wrong}`)).toMatchObject({ status: 400, body: { code: 'invalid_token' } })
      expect((await shop.send('GET', `/unsubscribe/${wrong}`)).status).toBe(400)
    }
  })

  test('mails about an order carry no such link', async () => {
    const user = await shop.newUser()
    await shop.handle(placed(230, user.id))
    await shop.sendAll()
    expect(shop.channels.email.to(user.email)).toMatchObject([{ to: user.email }])
    expect(shop.channels.email.to(user.email)[0]?.unsubscribe).toBeUndefined()
  })
})

test('a language of the account that changed is asked for again', async () => {
  const user = await shop.newUser()
  await shop.handle(placed(260, user.id))
  await user.send('GET', '/')
  const languageOf = async () =>
    (await shop.sql.db.selectFrom('recipients').select('account_language').where('user_id', '=', user.id).executeTakeFirstOrThrow())
      .account_language
  expect(await languageOf()).toBe('en')
  await shop.forgetLanguage(user.id)
  expect(await languageOf()).toBeNull()
  expect(catalog.userUpdated.to).toContain('notification')
})
