import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Generated, type Kysely, sql as raw } from 'kysely'
import { conflict } from './errors'
import { type Answer, forgetAnswers, idempotently, type KeyedRequest, type Saved } from './idempotency'
import type { Sql } from './sql'
import { eventually, testSql } from './testing'

interface PaymentsDb {
  payments: { id: Generated<number>; amount: number }
}
const migrations = {
  _001: {
    up: (db: Kysely<unknown>) => raw`create table payments (id bigint auto_increment primary key, amount int)`.execute(db).then(() => {}),
  },
}

describe('a request with an idempotency key', () => {
  let store: Awaited<ReturnType<typeof testSql<PaymentsDb>>>
  let sql: Sql<PaymentsDb>
  beforeAll(async () => {
    store = await testSql<PaymentsDb>({ migrations })
    sql = store.sql
  })
  afterAll(() => store.drop())

  const keyed = (more: Partial<KeyedRequest> = {}): KeyedRequest => ({
    scope: '42 POST /api/payments',
    key: crypto.randomUUID(),
    body: { amount: 5 },
    ...more,
  })
  const payments = async () => (await sql.db.selectFrom('payments').select('id').execute()).length
  /** Pays `amount`; `meanwhile` happens between the effect and its commit. */
  const pay = (request: KeyedRequest, { meanwhile, status = 201 }: { meanwhile?: () => Promise<unknown>; status?: number } = {}) =>
    idempotently<PaymentsDb, { id: number }>(sql, request, save =>
      sql.transaction(async trx => {
        const { insertId } = await trx.insertInto('payments').values({ amount: 5 }).executeTakeFirstOrThrow()
        await meanwhile?.()
        const id = Number(insertId)
        return save(trx, { status, headers: { location: `/api/payments/${id}` }, body: { id } })
      }),
    )
  const codeOf = (failing: Promise<unknown>) =>
    failing.then(
      () => 'no error',
      error => error.code,
    )

  test('gets the same answer again, marked as replayed, with one effect', async () => {
    const before = await payments()
    const request = keyed()
    const first = await pay(request)
    const second = await pay(request)
    expect(first).toMatchObject({ status: 201, replayed: false, headers: { location: `/api/payments/${first.body.id}` } })
    expect(first.headers).not.toHaveProperty('idempotent-replayed')
    expect(second).toEqual({ ...first, replayed: true, headers: { ...first.headers, 'idempotent-replayed': 'true' } })
    expect(await payments()).toBe(before + 1)
  })

  test('is the same with its fields in another order, and 422 with another body', async () => {
    const key = crypto.randomUUID()
    await pay(keyed({ key, body: { amount: 5, to: { a: 1, b: [1, 2] } } }))
    expect((await pay(keyed({ key, body: { to: { b: [1, 2], a: 1 }, amount: 5 } }))).replayed).toBe(true)
    await expect(pay(keyed({ key, body: { amount: 5, to: { a: 1, b: [2, 1] } } }))).rejects.toMatchObject({
      kind: 'unprocessable',
      code: 'idempotency_key_reused',
    })
  })

  test('has nothing to do with the same key of another user or route', async () => {
    const request = keyed()
    const before = await payments()
    await pay(request)
    expect((await pay({ ...request, scope: '43 POST /api/payments' })).replayed).toBe(false)
    await pay({ ...request, key: undefined })
    await pay({ ...request, key: undefined })
    expect(await payments()).toBe(before + 4)
  })

  test('that is still running is 409 with Retry-After, also in parallel: one effect', async () => {
    const request = keyed()
    const before = await payments()
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => pay(request)))
    const refused = answers.filter(answer => answer.status === 'rejected').map(answer => answer.reason)
    expect(answers.some(answer => answer.status === 'fulfilled' && !answer.value.replayed)).toBe(true)
    for (const reason of refused) expect(reason).toMatchObject({ kind: 'conflict', code: 'request_in_progress', retryAfter: 1 })
    expect(await payments()).toBe(before + 1)
    expect((await pay(request)).replayed).toBe(true)
  })

  test('keeps its lease for as long as it runs', async () => {
    const request = keyed({ leaseMs: 600 })
    const end = Promise.withResolvers<void>()
    const started = Date.now()
    const begun = Promise.withResolvers<void>()
    const slow = pay(request, {
      meanwhile: () => {
        begun.resolve()
        return end.promise
      },
    })
    await begun.promise
    await eventually(async () => {
      expect(await codeOf(pay(request))).toBe('request_in_progress')
      return Date.now() - started > 1500
    })
    end.resolve()
    expect((await slow).replayed).toBe(false)
  })

  test('of an instance that was killed is taken over after its lease, and not before', async () => {
    const request = keyed()
    await dead(request, 300)
    expect(await codeOf(pay(request))).toBe('request_in_progress')
    const answer = await eventually(() => pay(request))
    expect(answer.replayed).toBe(false)
  })

  test('cannot commit its effect after its lease was taken over', async () => {
    const request = keyed()
    const before = await payments()
    let other: (Answer<{ id: number }> & { replayed: boolean }) | undefined
    const late = pay(request, {
      meanwhile: async () => {
        // This instance was paused for so long that its lease ran out.
        await sql.kernel
          .updateTable('idempotency_keys')
          .set({ lease_until: new Date(0) })
          .where('answer', 'is', null)
          .execute()
        other = await pay(request)
      },
    })
    await expect(late).rejects.toMatchObject({ code: 'request_in_progress' })
    expect(other?.replayed).toBe(false)
    expect(await payments()).toBe(before + 1)
    expect((await pay(request)).body).toEqual(other!.body)
  })

  test('that was refused may succeed later with the same key', async () => {
    const request = keyed()
    const refused = pay(request, { meanwhile: () => Promise.reject(conflict('order_not_payable', 'Not yet.')) })
    await expect(refused).rejects.toMatchObject({ code: 'order_not_payable' })
    expect((await pay(request)).replayed).toBe(false)
    expect((await pay(request)).replayed).toBe(true)
  })

  test('that was answered with 5xx can be repeated', async () => {
    const request = keyed()
    expect((await pay(request, { status: 502 })).status).toBe(502)
    expect(await pay(request)).toMatchObject({ status: 201, replayed: false })
  })

  test('is forgotten after 24 hours', async () => {
    const request = keyed()
    const first = await pay(request)
    await sql.kernel
      .updateTable('idempotency_keys')
      .set({ created_at: new Date(Date.now() - 86_500_000) })
      .execute()
    const again = await pay(request)
    expect(again.replayed).toBe(false)
    expect(again.body.id).toBeGreaterThan(first.body.id)
  })

  test('has a key of 1 to 255 printable ASCII characters', async () => {
    for (const key of ['', 'ä', 'a\nb', 'a\u0000', '\u007f', 'x'.repeat(256)]) {
      await expect(pay(keyed({ key }))).rejects.toMatchObject({ kind: 'invalid', code: 'invalid_idempotency_key' })
    }
    const longest = crypto.randomUUID() + '~'.repeat(219)
    expect((await pay(keyed({ key: longest }))).replayed).toBe(false)
    expect((await pay(keyed({ key: longest }))).replayed).toBe(true)
  })

  /** The lease of an instance that was killed. */
  const dead = async (request: KeyedRequest, leaseMs: number) => {
    const never = idempotently<PaymentsDb, { id: number }>(
      sql,
      { ...request, leaseMs: 3_600_000 },
      () => new Promise<Saved<{ id: number }>>(() => {}),
    )
    never.catch(() => {})
    const claimed = sql.kernel.updateTable('idempotency_keys').where('answer', 'is', null)
    await eventually(
      async () => (await claimed.set({ lease_until: new Date(Date.now() + leaseMs) }).executeTakeFirst()).numUpdatedRows > 0n,
    )
  }

  test('is forgotten with the user whose request it was, and with no other', async () => {
    const [mine, other] = [keyed({ scope: '421 POST /api/payments' }), keyed({ scope: '42 POST /api/payments' })]
    await Promise.all([pay(mine), pay(other)])
    await sql.transaction(trx => forgetAnswers(sql, trx, 421))
    const owners = (await sql.kernel.selectFrom('idempotency_keys').select('owner').execute()).map(({ owner }) => owner)
    expect(owners).not.toContain(421)
    expect((await pay(mine)).replayed).toBe(false)
    expect((await pay(other)).replayed).toBe(true)
  })
})
