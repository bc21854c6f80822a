import { second } from '#shared/time'
import type { Reply } from '../caller'
import type { Shopper } from '../shopper'

const giveUpAfterMs = 180 * second

/** Sends the same request under the same key until an answer is final, as a careful client does. */
const insist = async <Body>(send: (key: Record<string, string>) => Promise<Reply<Body>>): Promise<Reply<Body>> => {
  const key = { 'idempotency-key': crypto.randomUUID() }
  const deadline = Date.now() + giveUpAfterMs
  for (;;) {
    const reply = await send(key).catch(() => undefined)
    if (reply && isFinal(reply)) return reply
    if (Date.now() > deadline) throw new Error(`no final answer: the last was ${reply?.status} ${JSON.stringify(reply?.body)}`)
    await Bun.sleep(200 + Math.random() * 300)
  }
}
/** A conflict with Retry-After is to be sent again. One without is final, for instance when a request whose answer was lost has paid the order. */
const isFinal = ({ status, headers }: Reply) => status < 500 && status !== 429 && !(status === 409 && headers.has('retry-after'))

export interface Bought {
  person: Shopper
  orderId: number
  quantity: number
}

/** Places an order and pays for it, whatever fails meanwhile. An order that is refused with a conflict (out of stock, coupon used up) is undefined. */
export const buy = async (
  person: Shopper,
  body: { items: { product_id: string; quantity: number }[]; coupon_code?: string },
): Promise<Bought | undefined> => {
  const placed = await insist(key => person.order(body, key))
  if (placed.status === 409) return undefined
  if (placed.status !== 201) throw new Error(`order refused: ${placed.status} ${JSON.stringify(placed.body)}`)
  await insist(key => person.pay(placed.body, {}, key))
  return { person, orderId: placed.body.id, quantity: body.items.reduce((sum, { quantity }) => sum + quantity, 0) }
}
