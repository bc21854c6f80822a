import { idempotently, type KeyedRequest } from '#shared/idempotency'
import type { Sql } from '#shared/sql'
import type { TaxDb } from './database'
import { rateView } from './model'
import type { NewRate, TaxRates } from './repository'

export const addRate = (sql: Sql<TaxDb>, rates: Pick<TaxRates, 'add' | 'forget'>) => (request: KeyedRequest, rate: NewRate) =>
  idempotently(sql, request, save =>
    sql.transaction(async trx => {
      const row = await rates.add(trx, rate)
      return save(trx, { status: 201, headers: { location: `/api/tax/rates/${row.id}` }, body: rateView(row) })
    }),
  ).finally(rates.forget)
export type AddRate = ReturnType<typeof addRate>
