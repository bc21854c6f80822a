import { beforeEach, describe, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { day, hour, minute, second } from '#shared/time'
import { mostAttempts } from './domain-delivery'
import { testNotification } from './testing'
import { placed, resetRequested, statusUpdated, verificationRequested } from './testing-events'

const shop = await testNotification()
const sent = async (message: { message_id: string }) => ({
  outcome: 'sent' as const,
  provider: 'sandbox',
  provider_id: `p-${message.message_id}`,
})
beforeEach(() => {
  for (const channel of Object.values(shop.channels)) channel.answer(sent)
  shop.neighbours.down.clear()
})
const later = (ms: number) => new Date(Date.now() + ms)

describe('a mail', () => {
  test('has the words of its kind, goes to the address of its reader at that time, and is kept for administrators', async () => {
    const user = await shop.newUser()
    shop.neighbours.people.set(user.id, { email: 'ann@example.com', full_name: 'Ann <b>Lee</b>' })
    await shop.handle(placed(100, user.id))
    shop.neighbours.people.set(user.id, { email: 'new@example.com', full_name: 'Ann <b>Lee</b>' })
    await shop.sendAll()
    const [mail] = shop.channels.email.to('new@example.com')
    expect(mail?.subject).toContain('100')
    expect(mail?.text).toContain('2 × Product 12')
    expect(mail?.text).toContain('$25.00')
    expect(mail?.html).not.toContain('<b>Lee</b>')
    expect(mail?.unsubscribe).toBeUndefined()
    const [row] = await shop.deliveriesOf(user.id)
    const detail = await shop.send('GET', `/deliveries/${row?.id}`, undefined, shop.admin)
    expect(detail.body).toMatchObject({
      ...{ state: 'sent', attempts: 1, due_at: null, provider: 'sandbox', kind: 'order_placed', channel: 'email' },
      content: { to: 'new@example.com', subject: mail?.subject, text: mail?.text, language: 'en' },
      history: [{ state: 'queued' }, { state: 'sent' }],
    })
    expect(
      (await shop.send('GET', `/deliveries?user_id=${user.id}&state=sent&kind=order_placed&channel=email`, undefined, shop.admin)).body
        .total,
    ).toBe(1)
    expect((await user.send('GET', `/deliveries/${row?.id}`)).status).toBe(403)
  })

  test('is sent once, though several instances sweep at the same time', async () => {
    const others = [await shop.instance(), await shop.instance()]
    const users = await Promise.all(Array.from({ length: 30 }, () => shop.newUser()))
    for (const { id } of users) await shop.handle(placed(101, id))
    await Promise.all([shop, ...others].map(one => one.sendAll()))
    const mails = [shop, ...others].flatMap(({ channels }) => channels.email.taken)
    for (const { email } of users) expect(mails.filter(({ to }) => to === email)).toHaveLength(1)
  })

  test('is sent at most once more, with the same Message-ID, when an instance dies between the provider’s yes and our commit', async () => {
    const user = await shop.newUser()
    const dying = await shop.instance()
    await shop.handle(placed(102, user.id))
    const { promise: taken, resolve } = Promise.withResolvers<void>()
    dying.channels.email.answer(() => {
      resolve()
      // The mail is out, and this instance never gets to say so.
      return new Promise(() => {})
    })
    dying.sendAll().catch(() => {}) // what it leaves hanging ends with the database
    await taken
    await shop.sendAll(later(30 * second))
    expect(shop.channels.email.to(user.email)).toEqual([])
    await shop.sendAll(later(2 * minute))
    await shop.sendAll(later(hour))
    const [first, ...more] = dying.channels.email.to(user.email)
    expect(more).toEqual([])
    expect(shop.channels.email.to(user.email)).toEqual(first ? [first] : [])
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'sent', attempts: 2 }])
  })

  test('whose instance was slow is not marked by it any more once another has it', async () => {
    const user = await shop.newUser()
    const slow = await shop.instance()
    await shop.handle(placed(103, user.id))
    const { promise: taken, resolve: take } = Promise.withResolvers<void>()
    const { promise: goOn, resolve: wake } = Promise.withResolvers<void>()
    slow.channels.email.answer(async () => {
      take()
      await goOn
      return { outcome: 'refused', reason: 'too late', permanent_address_fault: true }
    })
    const sweeping = slow.sendAll()
    await taken
    await shop.sendAll(later(2 * minute))
    wake()
    await sweeping
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'sent', reason: null }])
  })

  test('waits longer and longer while its provider is away, and then has failed; an administrator can have it sent again', async () => {
    const user = await shop.newUser()
    shop.channels.email.answer(() => ({ outcome: 'retry', reason: 'the server is busy' }))
    await shop.handle(placed(104, user.id))
    for (let attempt = 0; attempt < mostAttempts; attempt++) await shop.sendAll(later(100 * day))
    const [row] = await shop.deliveriesOf(user.id)
    expect(row).toMatchObject({ state: 'failed', attempts: mostAttempts, due_at: null, reason: 'the server is busy' })
    const mails = shop.channels.email.to(user.email)
    expect(new Set(mails.map(({ message_id }) => message_id)).size).toBe(1)
    expect((await shop.send('GET', '/deliveries?state=failed', undefined, shop.admin)).body.items).toMatchObject([{ id: row?.id }])

    shop.channels.email.answer(sent)
    const again = await shop.send('POST', `/deliveries/${row?.id}/resend`, undefined, shop.admin)
    expect(again).toMatchObject({ status: 202, body: { state: 'queued', attempts: 0 } })
    await shop.sendAll(later(second))
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'sent' }])
    // Mail programs hide a mail with an id that they have seen.
    expect(shop.channels.email.to(user.email).at(-1)?.message_id).not.toBe(mails[0]?.message_id)

    const key = { ...shop.admin, 'idempotency-key': 'once-more' }
    const first = await shop.send('POST', `/deliveries/${row?.id}/resend`, undefined, key)
    await shop.sendAll(later(second))
    const repeated = await shop.send('POST', `/deliveries/${row?.id}/resend`, undefined, key)
    expect(repeated).toMatchObject({ status: 202, body: first.body })
    expect(repeated.headers.get('idempotent-replayed')).toBe('true')
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'sent', resends: 2 }])
    expect((await shop.send('POST', '/deliveries/99999999/resend', undefined, shop.admin)).body.code).toBe('delivery_not_found')
  })

  test('that gets no answer within its time is tried again', async () => {
    const impatient = await shop.instance({ sendMs: 50 })
    const user = await shop.newUser()
    await shop.handle(placed(109, user.id))
    impatient.channels.email.answer(() => new Promise(() => {}))
    await impatient.sendAll()
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'queued', attempts: 1, reason: 'the provider did not answer' }])
  })

  test('waits without an attempt while the accounts do not answer', async () => {
    const user = await shop.newUser()
    await shop.handle(placed(105, user.id))
    shop.neighbours.down.add('user')
    await shop.sendAll()
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'queued', attempts: 0 }])
    shop.neighbours.down.clear()
    await shop.sendAll(later(10 * second))
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'sent', attempts: 1 }])
  })

  test('is tried again when an adapter throws, and no address gets into the log', async () => {
    const user = await shop.newUser()
    await shop.handle(placed(106, user.id))
    shop.channels.email.answer(({ to }) => {
      throw new Error(`550 <${to}> is unknown`)
    })
    await shop.sendAll()
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'queued', attempts: 1 }])
    expect(shop.warnings.join()).toContain('a provider could not be called')
    expect(shop.warnings.join()).not.toContain(user.email)
  })

  test('of a kind that a newer release has stored waits for one, without an attempt', async () => {
    const user = await shop.newUser()
    await shop.handle(placed(115, user.id))
    const rename = (kind: string) => raw`update deliveries set kind = ${kind} where user_id = ${user.id}`.execute(shop.sql.db)
    await rename('of_a_newer_release')
    await shop.sendAll()
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'queued', attempts: 0 }])
    await rename('order_placed')
    await shop.sendAll(later(10 * minute))
    expect(shop.channels.email.to(user.email)).toHaveLength(1)
  })

  test('to an erased or unknown account is not sent', async () => {
    await shop.handle(placed(107, 9999))
    await shop.sendAll()
    expect(await shop.deliveriesOf(9999)).toMatchObject([{ state: 'suppressed', reason: 'the account is closed' }])
  })
})

describe('a mail with a secret', () => {
  const token = `${'a'.repeat(32)}.${'S'.repeat(43)}`

  test('brings the link to the address that the token is for, and hides it from administrators', async () => {
    const user = await shop.newUser()
    shop.neighbours.tokens.set('t1', { user_id: user.id, kind: 'email_change', email: 'next@example.com', token })
    await shop.handle(verificationRequested(user.id, 't1'))
    await shop.sendAll()
    const [mail] = shop.channels.email.to('next@example.com')
    expect(mail?.text).toContain(`https://shop.example/verify-email?token=${token}`)
    expect((await user.send('GET', '/')).body.total).toBe(0)
    const stored = JSON.stringify(await shop.sql.db.selectFrom('deliveries').selectAll().execute())
    expect(stored).not.toContain('SSSS')
    const [row] = await shop.deliveriesOf(user.id)
    const shown = await shop.send('GET', `/deliveries/${row?.id}`, undefined, shop.admin)
    expect(shown.body.content.text).toContain('https://shop.example/verify-email?token=[hidden]')
    expect(shown.text).not.toContain('SSSS')
  })

  test('shows the link on a developer’s machine, where the sandbox is the mailbox', async () => {
    const open = await shop.instance({ showSecrets: true })
    const user = await shop.newUser()
    shop.neighbours.tokens.set('t2', { user_id: user.id, kind: 'password_reset', email: user.email, token })
    await shop.handle(resetRequested(user.id, 't2'))
    await open.sendAll()
    const [row] = await shop.deliveriesOf(user.id)
    expect((await shop.send('GET', `/deliveries/${row?.id}`, undefined, shop.admin)).body.content.text).toContain(token)
  })

  test('has failed when its link has expired, and is not tried again', async () => {
    const user = await shop.newUser()
    await shop.handle(resetRequested(user.id, 'gone'))
    await shop.sendAll()
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'failed', due_at: null, reason: 'its link has expired or was used' }])
  })
})

describe('an address that refuses mail for good', () => {
  test('gets nothing but critical mails from then on, until an administrator lifts that', async () => {
    const user = await shop.newUser()
    shop.channels.email.answer(() => ({ outcome: 'refused', reason: 'no such mailbox', permanent_address_fault: true }))
    await shop.handle(placed(110, user.id))
    await shop.sendAll()
    shop.channels.email.answer(sent)
    await shop.handle(statusUpdated(110, user.id, 'paid'))
    shop.neighbours.tokens.set('t3', { user_id: user.id, kind: 'password_reset', email: user.email, token: 'x'.repeat(76) })
    await shop.handle(resetRequested(user.id, 't3'))
    await shop.sendAll()
    expect((await shop.deliveriesOf(user.id)).map(({ kind, state }) => [kind, state])).toEqual([
      ['order_placed', 'bounced'],
      ['order_paid', 'suppressed'],
      ['password_reset', 'sent'],
    ])
    expect((await shop.send('DELETE', `/suppressions/${user.id}`, undefined, shop.admin)).status).toBe(204)
    await shop.handle(statusUpdated(110, user.id, 'delivered'))
    await shop.sendAll()
    expect((await shop.deliveriesOf(user.id)).at(-1)).toMatchObject({ kind: 'order_delivered', state: 'sent' })
  })

  test('is stored as a hash alone', async () => {
    const rows = JSON.stringify(await shop.sql.db.selectFrom('suppressions').selectAll().execute())
    expect(rows).not.toContain('@')
  })
})
