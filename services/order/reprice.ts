import { sql as raw } from 'kysely'
import { orderRepriced } from '#shared/catalog'
import { conflict, notFound } from '#shared/errors'
import { times } from '#shared/money'
import type { Address } from '#shared/schema'
import { change, lockOwn } from './changes'
import { isFrozen } from './claim'
import type { Buyer, Order, OrderRow, OrderSql } from './database'
import { awaitsPayment } from './domain'
import { totalOf } from './domain-pricing'
import { majorAmounts, type Neighbours, placeOf } from './neighbours'
import { carriageAndTax } from './place'
import type { Orders } from './repository'

const requireOpen = (row: OrderRow, now: Date) => {
  if (!awaitsPayment(row.status)) throw conflict('illegal_transition', 'The address can be changed only before the order is paid.')
  if (isFrozen(row, now)) throw conflict('payment_in_progress', 'The order is being paid; its address and price stay as they are.')
}

/** Another address may cost another carriage and tax. */
export const repricing = ({ sql, neighbours, orders }: { sql: OrderSql; neighbours: Neighbours; orders: Pick<Orders, 'own'> }) => {
  const quote = ({ row, items }: Order, address: Address) => {
    const net = items.map(({ price, quantity, discount }) => times(price, quantity) - discount)
    const { currency, shipping_option: option, free_shipping } = row
    return carriageAndTax(neighbours, { currency, lines: items, net, address, option, freeShipping: free_shipping === 1 })
  }

  return async (id: number, buyer: Buyer, address: Address): Promise<Order> => {
    const seen = await orders.own(id, buyer)
    if (!seen) throw notFound('order')
    requireOpen(seen.row, new Date())
    const { shipping, tax, perLine, taxLines } = await quote(seen, address)
    return sql.transaction(async (trx, publish) => {
      const order = await lockOwn(trx, id, buyer)
      const { row } = order
      requireOpen(row, new Date())
      const amounts = { subtotal: row.subtotal, discount: row.discount, tax, shipping }
      const total = totalOf(amounts)
      const items = order.items.map((item, line) => ({ ...item, tax: perLine[line]! }))
      await trx.insertInto('order_items').values(items).onDuplicateKeyUpdate({ tax: raw<number>`values(tax)` }).execute()
      const { subtotal: _, discount: __, ...told } = majorAmounts(amounts, total, row.currency)
      const event = { order_id: id, ...told, tax_lines: taxLines, currency: row.currency, destination: placeOf(address) }
      return change(
        trx,
        publish,
        { row, items },
        {
          set: { shipping_address: JSON.stringify(address), tax, shipping, total },
          tell: at => ({ drafts: [orderRepriced(at, event)], data: { ...told, currency: row.currency } }),
        },
      )
    })
  }
}
export type Reprice = ReturnType<typeof repricing>
