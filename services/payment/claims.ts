import { AppError, conflict } from '#shared/errors'
import type { Log } from '#shared/log'
import { isDuplicate } from '#shared/sql'
import { inBatches } from '#shared/sweep'
import { day } from '#shared/time'
import type { Claim, ClaimedOrder, PaymentClients } from './clients'
import type { PaymentSql } from './database'

interface Ports {
  sql: Pick<PaymentSql, 'db'>
  clients: Pick<PaymentClients, 'claimOrder' | 'releaseOrder'>
  log: Pick<Log, 'warn'>
  /** How long an order is waited for that is not payable yet. */
  readyMs: number
}

/** The order service has answered, and granted nothing. After any other error the order may be claimed. */
const isRefused = (error: unknown) => error instanceof AppError && ['invalid', 'not_found', 'conflict'].includes(error.kind)

/** Claims of orders, for payments that are not stored yet. */
export const claims = ({ sql, clients, log, readyMs }: Ports) => {
  const reservedIds = sql.db.deleteFrom('payment_numbers')

  const release = (orderId: number, paymentId: number) =>
    clients
      .releaseOrder(orderId, paymentId)
      .catch(error => log.warn({ err: error, orderId }, 'the claim of an order was not released; it expires by itself'))

  return {
    release,

    /**
     * Reserves the id of a new payment, before the order is claimed under it. A repeated request gets the id of the first, under which the
     * first may have claimed the order or stored its payment.
     */
    async reserveId(order_id: number, requestKey: string | undefined): Promise<{ id: number; isRepeated: boolean }> {
      const request_key = requestKey ?? null
      for (let tries = 0; tries < 5; tries++) {
        try {
          const { insertId } = await sql.db.insertInto('payment_numbers').values({ order_id, request_key }).executeTakeFirstOrThrow()
          return { id: Number(insertId), isRepeated: false }
        } catch (error) {
          if (!isDuplicate(error)) throw error
        }
        const earlier = await sql.db.selectFrom('payment_numbers').select('id').where('request_key', '=', request_key).executeTakeFirst()
        // A request that was refused meanwhile has given its id back.
        if (earlier) return { id: earlier.id, isRepeated: true }
      }
      throw conflict('payment_in_progress', 'The same request is being refused elsewhere. Try again shortly.', 1)
    },

    /**
     * Claims an order and stores its payment with `store`. After an error no claim is left behind, unless the order service does not
     * answer.
     */
    async claimed<Stored>(
      orderId: number,
      claim: Omit<Claim, 'wait_ms'>,
      store: (order: ClaimedOrder) => Promise<Stored>,
    ): Promise<Stored> {
      const id = claim.payment_id
      let isGranted = false
      try {
        const order = await clients.claimOrder(orderId, { ...claim, wait_ms: readyMs })
        isGranted = true
        return await store(order)
      } catch (error) {
        if (!isGranted && isRefused(error)) await reservedIds.where('id', '=', id).execute()
        else await release(orderId, id)
        throw error
      }
    },

    /** Forgets reserved ids whose requests are no longer repeated. The table's counter never gives one out again. */
    async forgetOldIds(now = new Date(), limit = 1000): Promise<void> {
      const old = reservedIds.where('created_at', '<', new Date(now.getTime() - day)).limit(limit)
      await inBatches(limit, async () => (await old.executeTakeFirst()).numDeletedRows, 50)
    },
  }
}
export type Claims = ReturnType<typeof claims>
