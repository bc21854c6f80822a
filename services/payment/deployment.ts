import type { PaymentSql } from './database'

/**
 * Keys and ids at a provider begin with the name of the deployment. Two shops with one account at a provider, or a shop that begins
 * anew, then never meet each other's charges.
 */
export const readDeployment = async ({ db }: Pick<PaymentSql, 'db'>) => {
  const { name, since } = await db.selectFrom('deployment').selectAll().where('id', '=', 1).executeTakeFirstOrThrow()
  return { name, keyPrefix: (now = new Date()) => (now >= since ? `${name}-` : '') }
}
