import { idempotently, type KeyedRequest } from '#shared/idempotency'
import type { Static } from '#shared/schema'
import type { ShippingSql } from './database'
import type { ShippingRates } from './rates'
import { type NewRate, type NewZone, rateView } from './tariff-model'
import type { Zones } from './zones'

interface Ports {
  sql: ShippingSql
  zones: Pick<Zones, 'add'>
  rates: Pick<ShippingRates, 'add'>
}

/** New zones and rates, one for each idempotency key. */
export const addTariffs = ({ sql, zones, rates }: Ports) => ({
  zone: (keyed: Omit<KeyedRequest, 'body'>, body: Static<typeof NewZone>) =>
    idempotently(sql, { ...keyed, body }, save =>
      sql.transaction(async trx => {
        const zone = await zones.add(trx, body)
        return save(trx, { status: 201, headers: { location: `/api/shipping/zones/${zone.id}` }, body: zone })
      }),
    ),
  rate: (keyed: Omit<KeyedRequest, 'body'>, body: Static<typeof NewRate>) =>
    idempotently(sql, { ...keyed, body }, save =>
      sql.transaction(async trx => {
        const rate = await rates.add(trx, body)
        return save(trx, { status: 201, headers: { location: `/api/shipping/rates/${rate.id}` }, body: rateView(rate) })
      }),
    ),
})
export type AddTariffs = ReturnType<typeof addTariffs>
