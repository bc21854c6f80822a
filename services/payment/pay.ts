import { conflict } from '#shared/errors'
import type { Save, Saved } from '#shared/idempotency'
import { toMinor } from '#shared/money'
import { isDuplicate, type Sql } from '#shared/sql'
import { type Claim, type Claimed, claimWhenReady, type OrderDesk } from './claim'
import type { PaymentDb, PaymentRow } from './database'
import { type Method, refuseCardData } from './domain'
import { type Errands, refOf } from './errands'
import { type PaymentView, paymentView } from './model'
import type { Charge } from './providers/provider'
import { lockOrder, settleCharge } from './settle'

interface Payer {
  id: number
  isAdmin: boolean
}
export interface Wanted {
  order_id: number
  amount: number
  currency?: string
  payment_method: Method
  payment_token?: string
}
export interface PayOptions {
  sql: Sql<PaymentDb>
  orders: OrderDesk
  errands: Errands
  log: { warn(fields: object, message: string): void }
  /** Who takes cards and wallets. */
  provider: string
  /** How long an order that is not ready yet is waited for. */
  readyMs?: number
  /** When a sweep begins to ask after a charge whose request must have died. */
  askAfterMs?: number
  /** How long a customer may take over 3-D Secure and its like. */
  actionMs?: number
  transferDueMs?: number
  /** Hears how each payment was answered, for the share that succeeds. */
  answered?(payment: Pick<PaymentRow, 'status' | 'provider'>): void
}

const hour = 3_600_000

export const payDesk = (options: PayOptions) => {
  const { sql, orders, errands, log, provider: online, readyMs = 3000, askAfterMs = 20_000, actionMs = hour / 6 } = options
  const { transferDueMs = 72 * hour } = options

  const providerFor = (method: Method, amount: number) =>
    amount === 0 || method === 'bank_transfer' || method === 'cash_on_delivery' ? 'offline' : online

  /** The repetition of a request that died half-way goes on where it stopped. */
  const begun = (requestKey: string | undefined) =>
    requestKey === undefined
      ? undefined
      : sql.db
          .selectFrom('payments')
          .selectAll()
          .where('request_key', '=', requestKey)
          .where('created_at', '>', new Date(Date.now() - 24 * hour))
          .executeTakeFirst()

  /** The intent: written down before anybody is asked for money. */
  const begin = async (payer: Payer, wanted: Wanted, requestKey: string | undefined): Promise<PaymentRow> => {
    const { order_id: orderId, amount, currency, payment_method } = wanted
    const { insertId } = await sql.db.insertInto('payment_numbers').values({ order_id: orderId }).executeTakeFirstOrThrow()
    const id = Number(insertId)
    const claim: Claim = {
      payment_id: id,
      user_id: payer.id,
      is_admin: payer.isAdmin,
      amount,
      payment_method,
      ...(currency && { currency }),
    }
    const claimed = await claimWhenReady(orders, orderId, claim, readyMs)
    try {
      return await insert(id, claimed, wanted, requestKey)
    } catch (error) {
      await release(orderId, id)
      throw isDuplicate(error)
        ? conflict('payment_in_progress', 'This order has a payment under way; look at it, or wait for its end.')
        : error
    }
  }

  const insert = (id: number, claimed: Claimed, { payment_method }: Wanted, requestKey: string | undefined) =>
    sql.transaction(async trx => {
      const { order_id, user_id, currency } = claimed
      const order = await lockOrder(trx, order_id)
      if (order.cancelled) throw conflict('order_not_payable', 'The order has been cancelled.')
      const amount = toMinor(claimed.amount, currency)
      const now = Date.now()
      const patience = { bank_transfer: transferDueMs + hour, credit_card: actionMs, wallet: actionMs, cash_on_delivery: undefined }[
        payment_method
      ]
      await trx
        .insertInto('payments')
        .values({
          id,
          order_id,
          user_id,
          live_order_id: order_id,
          provider: providerFor(payment_method, amount),
          payment_method,
          amount,
          currency,
          doing: 'charge',
          ask_at: new Date(now + askAfterMs),
          expires_at: patience === undefined ? null : new Date(now + patience),
          request_key: requestKey ?? null,
          transaction_id: null,
          next_action: null,
          reason: null,
          captured_at: null,
          created_at: new Date(now),
        })
        .execute()
      return trx.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    })

  const release = (orderId: number, paymentId: number) =>
    orders.release(orderId, paymentId).catch(error => log.warn({ err: error, orderId }, 'a claim was not released; it ends by itself'))

  /** Charges once. When the answer is lost, it is asked for; still nothing, and the sweep goes on asking. */
  const charge = async (row: PaymentRow, token: string | undefined, again: boolean): Promise<Charge | undefined> => {
    const ref = refOf(row)
    const asked = () => errands.outcomeOf(row, provider => provider.chargeOf(ref))
    const known = again ? await asked() : undefined
    return known ?? (await errands.outcomeOf(row, provider => provider.charge({ ...ref, token }))) ?? asked()
  }

  return {
    /**
     * A payment that was refused is a payment that `failed`, with its reason: the order can be paid by another one.
     * One whose outcome is not known yet is `pending`. The key of a repeated request finds the same payment.
     */
    async pay(payer: Payer, wanted: Wanted, requestKey: string | undefined, save: Save<PaymentDb>): Promise<Saved<PaymentView>> {
      refuseCardData(wanted.payment_token)
      const found = await begun(requestKey)
      const row = found ?? (await begin(payer, wanted, requestKey))
      const outcome = row.doing === 'charge' ? await charge(row, wanted.payment_token, found !== undefined) : undefined
      const { saved, settled } = await sql.transaction(async (trx, publish) => {
        const settled = outcome
          ? await settleCharge(trx, publish, row.id, outcome)
          : await trx.selectFrom('payments').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow()
        const answer = { status: 201, headers: { location: `/api/payments/${row.id}` }, body: paymentView(settled) }
        return { saved: await save(trx, answer), settled }
      })
      options.answered?.(settled)
      if (settled.status === 'failed') await release(row.order_id, row.id)
      return saved
    },
  }
}
export type PayDesk = ReturnType<typeof payDesk>

/** What tells a repeated request from another one: who, which route, which key, and the same body. */
export const requestKeyOf = (scope: string, key: string | undefined, body: object): string | undefined => {
  if (key === undefined) return undefined
  const fields = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1))
  return new Bun.CryptoHasher('sha256').update(`${scope}\n${key}\n${JSON.stringify(fields)}`).digest('hex')
}
