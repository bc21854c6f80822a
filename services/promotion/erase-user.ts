import { sql as raw } from 'kysely'
import type { Message } from '#shared/event'
import { forgetAnswers } from '#shared/idempotency'
import type { CodeGuesses } from './code-guesses'
import { noUser, type PromotionSql, type Trx } from './database'

/** Removes the user from what their orders hold. The sums stay, so that limits hold and what is held can be released. */
const anonymise = async (trx: Trx, userId: number): Promise<void> => {
  // A locking read waits for a redemption that another transaction is writing at this moment.
  const orders = await trx.selectFrom('redemptions').select('order_id').where('user_id', '=', userId).forUpdate().execute()
  const ids = orders.map(({ order_id }) => order_id)
  if (ids.length > 0) {
    await trx.updateTable('redemption_uses').set({ user_id: noUser }).where('order_id', 'in', ids).execute()
    await trx.updateTable('redemptions').set({ user_id: null }).where('order_id', 'in', ids).execute()
  }
  const uses = await trx.selectFrom('user_uses').selectAll().where('user_id', '=', userId).orderBy('campaign_id').forUpdate().execute()
  const used_at = new Date()
  for (const { campaign_id, used } of uses)
    await trx
      .insertInto('user_uses')
      .values({ campaign_id, user_id: noUser, used, used_at })
      .onDuplicateKeyUpdate({ used: raw<number>`used + values(used)`, used_at })
      .execute()
  await trx.deleteFrom('user_uses').where('user_id', '=', userId).execute()
}

/** For the end of a transaction that has stored something about the user: an account that is deleted leaves no trace. */
export const anonymiseIfErased = async (trx: Trx, userId: number): Promise<void> => {
  // Read with a lock: either this sees the deletion, or the deletion waits for this transaction and sees what it stored.
  const erased = await trx.selectFrom('erased_users').select('user_id').where('user_id', '=', userId).forUpdate().executeTakeFirst()
  if (erased) await anonymise(trx, userId)
}

export const eraseUser =
  ({ sql, guesses }: { sql: PromotionSql; guesses: Pick<CodeGuesses, 'forget'> }) =>
  async (message: Message, userId: number): Promise<void> => {
    await guesses.forget(userId)
    await sql.once(message, async trx => {
      await trx.insertInto('erased_users').values({ user_id: userId }).onDuplicateKeyUpdate({ user_id: userId }).execute()
      await anonymise(trx, userId)
      await forgetAnswers(sql, trx, userId)
    })
  }
export type EraseUser = ReturnType<typeof eraseUser>
