import { cancelling } from './cancel'
import { claims } from './claim'
import type { OrderSql, Terms } from './database'
import { drift } from './drift'
import { hearing } from './hearing'
import type { Neighbours } from './neighbours'
import { personalData } from './personal-data'
import { placing } from './place'
import { orderRepository } from './repository'
import { repricing } from './reprice'
import { returning } from './returns'
import { statistics } from './stats'
import { timeouts } from './timeouts'

/** The service's use cases on one store, for `main` and for tests. */
export const createOrders = ({ sql, neighbours, terms }: { sql: OrderSql; neighbours: Neighbours; terms: Terms }) => {
  const orders = orderRepository(sql)
  return {
    orders,
    place: placing({ sql, neighbours, terms }),
    reprice: repricing({ sql, neighbours, orders }),
    cancelling: cancelling(sql, neighbours),
    returning: returning(sql),
    claims: claims(sql, terms),
    timeouts: timeouts(sql, terms),
    hear: hearing(sql),
    statistics: statistics(sql),
    drift: drift(sql),
    personalData: personalData(sql, orders),
  }
}
