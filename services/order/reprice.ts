import { sql as raw } from 'kysely'
import type { Address } from '#shared/address'
import { orderRepriced } from '#shared/catalog'
import { notFound } from '#shared/errors'
import { changeOrder, loadOwnLockedOrder } from './changes'
import type { OrderClients } from './clients'
import { addressColumn, type Buyer, type ItemRow, type Order, type OrderSql } from './database'
import { requireRepriceable } from './domain-claims'
import { totalOf, worthOf } from './domain-pricing'
import { amountsData, destinationData } from './event-data'
import { priceDelivery } from './price'
import type { OrderRepository } from './repository'

interface Ports {
  sql: OrderSql
  clients: Pick<OrderClients, 'offers'>
  orders: Pick<OrderRepository, 'own'>
}

/** Gives an order another address, which may cost another carriage and tax. */
export const reprice = ({ sql, clients, orders }: Ports) => {
  const priceTo = ({ row, items }: Order, address: Address) => {
    const { currency, shipping_option: option, free_shipping } = row
    const lines = items.map(item => ({ ...item, net: worthOf(item) - item.discount }))
    return priceDelivery(clients.offers, { currency, lines, address, option, freeShipping: free_shipping === 1 })
  }

  return async (id: number, buyer: Buyer, address: Address): Promise<Order> => {
    const before = await orders.own(id, buyer)
    if (!before) throw notFound('order')
    requireRepriceable(before.row, new Date())
    const { shipping, tax, lines, taxLines } = await priceTo(before, address)
    return sql.transaction(async (trx, publish) => {
      const order = await loadOwnLockedOrder(trx, id, buyer)
      requireRepriceable(order.row, new Date())
      const { subtotal, discount, currency } = order.row
      const amounts = { subtotal, discount, tax, shipping }
      // Nothing of a line changes after the order is placed, but for its tax.
      const items: ItemRow[] = lines.map(({ net: _, ...item }) => item)
      await trx.insertInto('order_items').values(items).onDuplicateKeyUpdate({ tax: raw<number>`values(tax)` }).execute()
      const { subtotal: _, discount: __, ...changed } = amountsData(amounts, currency)
      const event = { order_id: id, ...changed, tax_lines: taxLines, currency, destination: destinationData(address) }
      const { row } = await changeOrder(trx, publish, order, {
        set: { shipping_address: addressColumn.write(address), tax, shipping, total: totalOf(amounts) },
        events: at => ({ drafts: [orderRepriced(at, event)], data: { ...changed, currency } }),
      })
      return { row, items }
    })
  }
}
