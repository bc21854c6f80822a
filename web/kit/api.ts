import { bodyOf, type Sent, ShopError, send } from './request'
import { accessToken, renewedToken } from './session'

export { type Fault, ShopError } from './request'

/** The answer to a request in the name of whoever is signed in. A token that has just been refused is renewed once. */
export async function ask(method: string, path: string, sent: Sent = {}): Promise<Response> {
  const token = await accessToken()
  try {
    return await send(method, path, sent, token)
  } catch (error) {
    if (!token || !(error instanceof ShopError) || error.status !== 401) throw error
    const renewed = await renewedToken(token)
    if (!renewed || renewed === token) throw error
    return send(method, path, sent, renewed)
  }
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
