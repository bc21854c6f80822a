import type { Transaction } from 'kysely'
import { conflict, keyReused } from './errors'
import { ownerOf, replayOf, requestHashes } from './idempotency-key'
import type { Sql } from './sql'
import { before, inFuture, now } from './sql/clock'
import { errno, isDuplicate, lockWait } from './sql/errors'
import { keyRetentionMs } from './sql/outbox'

export interface Answer<Body> {
  status: number
  headers?: Record<string, string>
  body: Body
}
declare const saved: unique symbol
/** An answer that `save` has stored. `work` can return no other. */
export type Saved<Body> = Answer<Body> & { [saved]: true }
export type Save<Db> = <Body>(trx: Transaction<Db>, answer: Answer<Body>) => Promise<Saved<Body>>

export interface KeyedRequest {
  /** User and route, as in `42 POST /api/orders`. */
  scope: string
  /** The `Idempotency-Key` header. Without one, `work` simply runs. */
  key: string | undefined
  body: unknown
  leaseMs?: number
}

/**
 * Does `work` once for a key, and answers repetitions with the first answer for 24 hours.
 *
 *     .post('/', async ({ user, body, headers, set }) => {
 *       const request = { scope: `${user.id} POST /api/orders`, key: headers['idempotency-key'], body }
 *       const answer = await idempotently(sql, request, save =>
 *         sql.transaction(async (trx, publish) => {
 *           const order = await insertOrder(trx, body, publish)
 *           return save(trx, { status: 201, headers: { location: `/api/orders/${order.id}` }, body: orderView(order) })
 *         }),
 *       )
 *       return replyWith(set, answer)
 *     })
 *
 * The answer is stored in the transaction of the effect, which commits only while this request holds the key's lease. An error of `work`,
 * also a refusal, frees the key: the same request may succeed once the reason is gone. Answers of 5xx are not stored either.
 */
export const idempotently = async <Db, Body>(
  sql: Sql<Db>,
  { scope, key, body, leaseMs = 10_000 }: KeyedRequest,
  work: (save: Save<Db>) => Promise<Saved<Body>>,
): Promise<Answer<Body> & { replayed: boolean }> => {
  if (key === undefined) return { ...(await work(async (_, answer) => asSaved(answer))), replayed: false }
  const { id, body: hash } = requestHashes(scope, key, body)
  const claim = await claimKey<Body>(sql, { id, hash, owner: ownerOf(scope) ?? null, leaseMs })
  if (claim.answer) return { ...replayOf(claim.answer), replayed: true }

  const mine = sql.kernel.updateTable('idempotency_keys').where('id', '=', id).where('lease_token', '=', claim.token)
  const renewal = setInterval(() => {
    // If a renewal fails, the lease runs out, and `save` notices.
    mine
      .set({ lease_until: inFuture(leaseMs) })
      .execute()
      .catch(() => {})
  }, leaseMs / 3)
  let kept = false
  try {
    const answer = await work(async (trx, answer) => {
      const { numAffectedRows } = await trx.executeQuery(mine.set({ answer: answer.status < 500 ? JSON.stringify(answer) : null }))
      if (numAffectedRows !== 1n) throw running()
      return asSaved(answer)
    })
    kept = answer.status < 500
    return { ...answer, replayed: false }
  } finally {
    clearInterval(renewal)
    // An answer stays if it was stored after all: a commit may fail with its outcome unknown.
    const free = sql.kernel
      .deleteFrom('idempotency_keys')
      .where('id', '=', id)
      .where('lease_token', '=', claim.token)
      .where('answer', 'is', null)
    if (!kept) await free.execute().catch(() => {})
  }
}

/** Deletes the answers to a user's requests, which can hold what is erased with the account. Call it in the transaction that erases. */
export const forgetAnswers = async <Db>({ kernel }: Pick<Sql<Db>, 'kernel'>, trx: Transaction<Db>, userId: number): Promise<void> => {
  await trx.executeQuery(kernel.deleteFrom('idempotency_keys').where('owner', '=', userId))
}

interface Claim {
  id: string
  hash: string
  owner: number | null
  leaseMs: number
}

const asSaved = <Body>(answer: Answer<Body>) => answer as Saved<Body>
const running = () => conflict('request_in_progress', 'A request with this Idempotency-Key is still running. Try again shortly.', 1)

/** Either the first answer, or a lease of the key. All times are by the database's clock. */
const claimKey = async <Body>({ kernel }: Pick<Sql<unknown>, 'kernel'>, { id, hash, owner, leaseMs }: Claim) => {
  const token = crypto.randomUUID()
  const lease = { lease_token: token, lease_until: inFuture(leaseMs) }
  const row = kernel.selectFrom('idempotency_keys').where('id', '=', id)
  for (let tries = 0; tries < 5; tries++) {
    try {
      await kernel
        .insertInto('idempotency_keys')
        .values({ id, body_hash: hash, owner, ...lease })
        .execute()
      return { token }
    } catch (error) {
      // The first request with this key is committing.
      if (errno(error) === lockWait) throw running()
      if (!isDuplicate(error)) throw error
    }
    const found = await row
      .select(['body_hash', 'lease_token', 'answer'])
      .select(eb => [
        eb('lease_until', '<', now).$castTo<number>().as('lapsed'),
        eb('created_at', '<', before(keyRetentionMs)).$castTo<number>().as('old'),
      ])
      .executeTakeFirst()
    if (!found) continue
    if (found.old) {
      await kernel.deleteFrom('idempotency_keys').where('id', '=', id).where('created_at', '<', before(keyRetentionMs)).execute()
      continue
    }
    if (found.body_hash !== hash) throw keyReused()
    if (found.answer !== null) return { answer: JSON.parse(found.answer) as Answer<Body> }
    if (!found.lapsed) throw running()
    // Waits for an effect that is committing; the next round then finds its answer.
    const { numUpdatedRows } = await kernel
      .updateTable('idempotency_keys')
      .set(lease)
      .where('id', '=', id)
      .where('lease_token', '=', found.lease_token)
      .where('lease_until', '<', now)
      .where('answer', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 1n) return { token }
  }
  throw running()
}
