import { describe, expect, test } from 'bun:test'
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely'
import { day, second } from '#shared/time'
import { signatureHeader, signWebhook } from '#shared/webhook-signature'
import type { NotificationSql } from './database'
import { testNotification, webhookSecret } from './testing'
import { placed, statusUpdated } from './testing-events'
import { providerReports } from './webhooks'

const shop = await testNotification()

let events = 0
const report = async (
  provider_id: string,
  kind: string,
  { event_id = `e${++events}`, at = new Date(), provider = 'sandbox', secret = webhookSecret } = {},
) => {
  const body = JSON.stringify({ event_id, provider_id, kind, time: new Date().toISOString() })
  const answer = await shop.app.handle(
    new Request(`http://localhost/api/notifications/webhooks/${provider}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [signatureHeader]: signWebhook(secret, body, at) },
      body,
    }),
  )
  return { status: answer.status, body: await answer.json() }
}
const sentMail = async (order: number) => {
  const user = await shop.newUser()
  await shop.handle(placed(order, user.id))
  await shop.sendAll()
  const [row] = await shop.deliveriesOf(user.id)
  return { user, id: row?.id, providerId: row?.provider_id ?? '' }
}

describe('the report of a provider', () => {
  test('changes the delivery once, however often it comes', async () => {
    const { user, providerId } = await sentMail(400)
    const answers = await Promise.all(Array.from({ length: 4 }, () => report(providerId, 'delivered', { event_id: 'same' })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const [row] = await shop.deliveriesOf(user.id)
    expect(row).toMatchObject({ state: 'delivered' })
    expect(JSON.parse(row?.history ?? '').map(({ state }: { state: string }) => state)).toEqual(['queued', 'sent', 'delivered'])
  })

  test('is settled though one that came with it cannot be', async () => {
    const mails = [await sentMail(420), await sentMail(421), await sentMail(422)]
    const [first, second, broken] = mails
    await shop.sql.db
      .updateTable('deliveries')
      .set({ history: 'no JSON' })
      .where('id', '=', broken?.id ?? 0)
      .execute()
    const time = new Date().toISOString()
    const events = [first, second, broken, first].map((mail, at) => {
      const kind = at === 3 ? ('complained' as const) : ('delivered' as const)
      return { event_id: `group ${at}`, provider_id: mail?.providerId ?? '', kind, time }
    })
    const outcomes = await Promise.allSettled(events.map(event => shop.reports.accept('sandbox', [event])))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    const states = await Promise.all(mails.map(async ({ user }) => (await shop.deliveriesOf(user.id))[0]?.state))
    expect(states).toEqual(['complained', 'delivered', 'sent'])
  })

  test('in any order leaves the worst that is true', async () => {
    const { user, providerId } = await sentMail(401)
    for (const kind of ['complained', 'delivered', 'soft_bounced']) await report(providerId, kind)
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'complained' }])
  })

  test('of a bounce keeps that address from getting more', async () => {
    const { user, providerId } = await sentMail(402)
    await report(providerId, 'bounced')
    await shop.handle(statusUpdated(402, user.id, 'paid'))
    await shop.sendAll()
    expect((await shop.deliveriesOf(user.id)).map(({ state }) => state)).toEqual(['bounced', 'suppressed'])
  })

  test('of a soft bounce is noted, and changes nothing', async () => {
    const { user, providerId } = await sentMail(403)
    await report(providerId, 'soft_bounced')
    await shop.handle(statusUpdated(403, user.id, 'paid'))
    await shop.sendAll()
    expect((await shop.deliveriesOf(user.id)).map(({ state }) => state)).toEqual(['sent', 'sent'])
  })

  test('that is here before its delivery is known is kept until it is', async () => {
    const early = await report('p-early', 'delivered')
    expect(early).toMatchObject({ status: 202, body: { received: true, settled: false } })
    const user = await shop.newUser()
    shop.channels.email.answer(async () => ({ outcome: 'sent', provider: 'sandbox', provider_id: 'p-early' }))
    await shop.handle(placed(404, user.id))
    await shop.sendAll()
    await shop.reports.sweep(new Date(Date.now() + 10 * second))
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'delivered' }])
  })

  test('of a message that stays unknown is let go after a week', async () => {
    await report('p-nobody', 'delivered')
    await shop.reports.sweep(new Date(Date.now() + 8 * day))
    const rows = await shop.sql.db.selectFrom('provider_events').select('try_at').where('provider_id', '=', 'p-nobody').execute()
    expect(rows).toEqual([{ try_at: null }])
  })

  test.each([
    ['unsigned', { secret: 'another secret' }, 400, 'invalid_signature'],
    ['signed long ago', { at: new Date(Date.now() - 6 * 60 * second) }, 400, 'stale_webhook'],
    ['from a provider that is not set up', { provider: 'nobody' }, 404, 'provider_not_found'],
  ])('is refused when it is %s', async (_, options, status, code) => {
    const { user, providerId } = await sentMail(410 + ++events)
    expect(await report(providerId, 'bounced', options)).toMatchObject({ status, body: { code } })
    expect((await shop.deliveriesOf(user.id))[0]?.state).toBe('sent')
  })
})

test('the deliveries that reports are about are read by what their provider calls them, however small the table is', async () => {
  const mails = [await sentMail(440), await sentMail(441), await sentMail(442)]
  const queries: { node: RootOperationNode; queryId: Parameters<KyselyPlugin['transformQuery']>[0]['queryId'] }[] = []
  const recorder: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      queries.push({ node, queryId })
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const { sql, suppressions } = shop
  const recorded: NotificationSql = {
    ...sql,
    transaction: work => sql.transaction((trx, publish) => work(trx.withPlugin(recorder), publish)),
  }
  const reports = providerReports({ sql: recorded, verifiers: new Map(), suppressions, log: { error() {} } })
  const event = { kind: 'delivered' as const, time: new Date().toISOString() }
  await reports.accept(
    'sandbox',
    mails.map(({ providerId }) => ({ ...event, event_id: `plan ${providerId}`, provider_id: providerId })),
  )
  const [read] = queries
    .map(({ node, queryId }) => sql.db.getExecutor().compileQuery(node, queryId))
    .filter(({ sql }) => sql.startsWith('select * from deliveries'))
  const plan = CompiledQuery.raw(`explain format=traditional ${read?.sql}`, [...(read?.parameters ?? [])])
  const { rows } = await sql.db.executeQuery<{ key: string | null }>(plan)
  expect(rows).toMatchObject([{ key: 'deliveries_provider' }])
})

test('contents are kept for a month, and rows for a year', async () => {
  const { user } = await sentMail(450)
  const expireAt = (days: number) => shop.personalData.deleteExpired(new Date(Date.now() + days * day))
  await expireAt(29)
  expect((await shop.deliveriesOf(user.id))[0]?.content).not.toBeNull()
  await expireAt(31)
  expect(await shop.deliveriesOf(user.id)).toMatchObject([{ content: null, content_until: null, state: 'sent' }])
  expect((await user.send('GET', '/')).body.total).toBe(1)
  await expireAt(366)
  expect(await shop.deliveriesOf(user.id)).toEqual([])
  expect((await user.send('GET', '/')).body.total).toBe(0)
})

test('drift names what should have been sent long ago, to discovery alone', async () => {
  const user = await shop.newUser()
  await shop.handle(placed(460, user.id))
  const path = `/internal/drift?since=2026-01-01T00:00:00.000Z&until=${new Date(Date.now() + 3600 * second).toISOString()}`
  const answer = await shop.send('GET', path, undefined, await shop.asService('discovery'))
  expect(answer.body.overdue.count).toBe(1)
  expect(answer.body.overdue.examples[0]).toContain('order_placed by email')
  expect((await shop.send('GET', path, undefined, await shop.asService('order'))).status).toBe(403)
})
