import { answerTo } from '../../sdk/src/fetch.ts'
import { createShop } from '../../sdk/src/shop.ts'
import { bodyOf, type Sent } from './request'

export { type FieldFault as Fault, ShopError } from '../../sdk/src/error.ts'

/** The shop as the visitor uses it: for the functions of the SDK, as in `placeOrder(shop, …)`. */
export const shop = createShop({ session: 'cookie' })

/**
 * The whole answer, in the name of whoever is signed in. A refused token is renewed once; a busy shop is waited for; what may come twice is repeated when
 * the connection breaks. Everything but a good answer is thrown as a `ShopError`.
 */
export const ask = (method: string, path: string, { body, signal, headers = {} }: Sent = {}): Promise<Response> => {
  // Text that is not JSON, such as a file of products, says itself what it is.
  const type = typeof body === 'string' ? (headers['content-type'] ?? 'text/plain') : undefined
  return answerTo(shop.connection, { method, path, body, signal, headers, ...(type && { type }) })
}

/** The body of the answer. */
export const call = async <T = void>(method: string, path: string, sent: Sent = {}): Promise<T> => bodyOf<T>(await ask(method, path, sent))

/** A list as the shop pages it. */
export interface Page<Item> {
  items: Item[]
  total: number
  total_capped?: boolean
  skip: number
  limit: number
  next_cursor?: string
}
