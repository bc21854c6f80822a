import { afterAll, describe, expect, test } from 'bun:test'
import { mostConnections } from '#shared/testing'
import { hour } from '#shared/time'
import { offlineProvider } from './providers/offline'
import { reconcile as reconcileIn } from './reconcile'
import { shopper, testPayments } from './testing'

const shop = await testPayments()
const { paid, pay, placed, send, sql, admin } = shop
afterAll(() => shop.drop())

const reconcile = async (query = '') => (await send('GET', `/api/payments/reconciliation${query}`, undefined, admin)).body

describe('reconciliation', () => {
  test('finds no difference between our ledger and the provider’s report', async () => {
    const { id } = await paid()
    await pay(placed({ currency: 'EUR', total: 12.5 }), { amount: 12.5, payment_token: 'tok_timeout' })
    await paid({ payment_token: 'tok_decline' })
    await send('POST', `/api/payments/${id}/refunds`, { amount: 999.99 }, admin)
    const report = await reconcile()
    expect(report).toMatchObject({ provider: 'sandbox', matched: 3, differences: [] })
    expect(report.totals).toEqual([
      { currency: 'EUR', ledger: { captured: 12.5, refunded: 0 }, provider: { captured: 12.5, refunded: 0 } },
      { currency: 'USD', ledger: { captured: 3000, refunded: 999.99 }, provider: { captured: 3000, refunded: 999.99 } },
    ])
    expect(report.balances).toContainEqual({ account: 'clearing:sandbox', currency: 'USD', balance: 2000.01 })
  })

  test('names each movement that one side lacks or has with another amount', async () => {
    const [lost, foreign, other] = [await paid(), await paid(), await paid()]
    await sql.db.deleteFrom('sandbox_charges').where('payment_id', '=', lost.id).execute()
    await sql.db.updateTable('ledger_transactions').set({ provider_reference: 'elsewhere' }).where('payment_id', '=', foreign.id).execute()
    await sql.db.updateTable('sandbox_charges').set({ amount: 1 }).where('payment_id', '=', other.id).execute()
    const { differences } = await reconcile()
    const kinds = new Set(differences.map(({ kind, reference }: { kind: string; reference: string }) => `${kind} ${reference}`))
    expect(kinds).toEqual(
      new Set([
        `missing_at_provider ${lost.transaction_id}`,
        'missing_at_provider elsewhere',
        `missing_in_ledger ${foreign.transaction_id}`,
        `amount_differs ${other.transaction_id}`,
      ]),
    )
  })

  test('reads page by page, up to a limit and a deadline', async () => {
    const window = { from: new Date(Date.now() - hour), to: new Date() }
    async function* movements(count: number, pauseMs: number) {
      for (let at = 0; at < count; at++) {
        await Bun.sleep(pauseMs)
        yield { kind: 'capture' as const, reference: `t-${at}`, amount: 1, currency: 'USD', at: window.from }
      }
    }
    const reading = (count: number, pauseMs: number) => {
      const provider = { ...offlineProvider({ dueMs: 0 }), name: 'slow', movements: () => movements(count, pauseMs) }
      const limits = { deadlineMs: 300, most: 50 }
      return reconcileIn({ sql, providers: new Map([['slow', provider]]), limits })('slow', window).then(
        ({ differences }) => differences.length,
        error => error.code,
      )
    }
    expect([await reading(50, 0), await reading(51, 0), await reading(1000, 100)]).toEqual([
      50,
      'window_too_large',
      'reconciliation_unfinished',
    ])
  })

  test('is for admins, and refuses a provider without a report and an invalid window', async () => {
    expect((await send('GET', '/api/payments/reconciliation')).status).toBe(403)
    expect((await reconcile('?provider=offline')).code).toBe('no_report')
    expect((await reconcile('?provider=nobody')).code).toBe('provider_not_found')
    expect(await reconcile('?from=2026-01-01&to=2026-01-31')).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-02-01T00:00:00.000Z',
    })
    for (const from of ['2020-01-01T00:00:00Z', '2026-02-02T00:00:00Z'])
      expect((await reconcile(`?from=${from}&to=2026-02-01T00:00:00Z`)).code).toBe('invalid_window')
  })
})

describe('the internal routes', () => {
  test('give the sums of an order over all its payments', async () => {
    const { id, order_id } = await paid()
    await send('POST', `/api/payments/${id}/refunds`, { amount: 0.01 }, admin)
    const headers = await shop.asService('discovery')
    const { body } = await send('POST', '/internal/payments/by-order', { order_ids: [order_id, 987_654] }, headers)
    expect(body).toEqual({ payments: { [order_id]: { captured: 3000, refunded: 0.01 } } })
    expect((await shop.drift()).payments[order_id]).toEqual({ captured: 3000, refunded: 0.01 })
    expect((await send('POST', '/internal/payments/by-order', { order_ids: [] }, await shop.asService('cart'))).status).toBe(403)
  })

  test('are compared over one connection at a time, so that customers have the others', async () => {
    const reports = async () => {
      for (let n = 0; n < 10; n++) await shop.drift()
    }
    expect(await mostConnections(sql, reports)).toBe(1)
  })

  test('report in drift a booking that does not balance, and a payment whose sums differ from the ledger', async () => {
    expect((await shop.drift()).ledger).toEqual({ count: 0, examples: [] })
    const [uneven, unexplained] = [await paid(), await paid()]
    const booking = await sql.db
      .selectFrom('ledger_transactions')
      .select('id')
      .where('payment_id', '=', uneven.id)
      .executeTakeFirstOrThrow()
    await sql.db
      .updateTable('ledger_entries')
      .set({ credit: 1 })
      .where('transaction_id', '=', booking.id)
      .where('account', '=', 'sales')
      .execute()
    await sql.db.updateTable('payments').set({ captured: 1 }).where('id', '=', unexplained.id).execute()
    expect((await shop.drift()).ledger).toEqual({ count: 2, examples: [`capture:${uneven.id}`, `payment:${unexplained.id}`] })
  })

  test('export the payments of a user', async () => {
    const { body } = await send('GET', `/internal/users/${shopper}/export`, undefined, await shop.asService('user'))
    expect(body.data.payments.length).toBeGreaterThan(0)
    expect(body.data.payments.every((payment: { user_id: number }) => payment.user_id === shopper)).toBe(true)
  })
})

describe('an index serves', () => {
  const { db } = sql
  const now = new Date()
  const due = db.selectFrom('payments').selectAll().where('ask_at', '<=', now).orderBy('ask_at')
  const overdue = db.selectFrom('payments').selectAll().where('expires_at', '<=', now).orderBy('expires_at')
  const refunds = db.selectFrom('refunds').selectAll().where('ask_at', '<=', now).orderBy('ask_at')
  const events = db.selectFrom('webhook_events').selectAll().where('try_at', '<=', now).orderBy('try_at')
  const ofOrder = db.selectFrom('payments').selectAll().where('order_id', '=', 5).orderBy('id', 'desc')
  const keyOf = ([plan]: { key: string | null }[]) => plan?.key
  test('the follow-up of payments', async () => expect(keyOf(await due.limit(100).explain('traditional'))).toBe('payments_ask'))
  test('the expiry of payments', async () => expect(keyOf(await overdue.limit(100).explain('traditional'))).toBe('payments_expiry'))
  test('the follow-up of refunds', async () => expect(keyOf(await refunds.limit(100).explain('traditional'))).toBe('refunds_ask'))
  test('the sweep of webhooks', async () => expect(keyOf(await events.limit(100).explain('traditional'))).toBe('webhook_waiting'))
  test('the list of an order’s payments', async () => expect(keyOf(await ofOrder.explain('traditional'))).toBe('payments_order'))
})
