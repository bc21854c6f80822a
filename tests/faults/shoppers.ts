import type { Person, Reply, shopAt } from '../shop'

type Shop = ReturnType<typeof shopAt>

const patienceMs = 180_000

/** As a careful client does it: the same request under the same key, until an answer comes that is one. */
const insist = async (send: () => Promise<Reply>, done: (reply: Reply) => boolean): Promise<Reply> => {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const reply = await send().catch(() => undefined)
    if (reply && done(reply)) return reply
    if (Date.now() > deadline) throw new Error(`no answer to be had: the last was ${reply?.status} ${JSON.stringify(reply?.body)}`)
    await Bun.sleep(200 + Math.random() * 300)
  }
}
const final = ({ status }: Reply) => status < 500 && status !== 429
/** To be asked again: the answer says when. A conflict that doesn't is final, as when the order was paid by a request whose answer got lost. */
const passing = ({ status, headers }: Reply) => status === 409 && headers.has('retry-after')

export interface Bought {
  person: Person
  orderId: number
  quantity: number
}

/** Places an order and pays for it, whatever falls over meanwhile. Refused for want of stock is an end as well. */
export const buy = async (
  { ask }: Shop,
  person: Person,
  body: { items: { product_id: string; quantity: number }[]; coupon_code?: string },
): Promise<Bought | undefined> => {
  const key = crypto.randomUUID()
  const placed = await insist(
    () =>
      ask('POST', '/api/orders', {
        token: person.token,
        headers: { 'idempotency-key': key },
        body: { shipping_address: '123 Main St, City', ...body },
      }),
    reply => final(reply) && !passing(reply),
  )
  if (placed.status !== 201) {
    if (placed.status === 409) return undefined
    throw new Error(`order refused: ${placed.status} ${JSON.stringify(placed.body)}`)
  }
  const { id: orderId, total_amount: amount } = placed.body
  const payKey = crypto.randomUUID()
  await insist(
    () =>
      ask('POST', '/api/payments', {
        token: person.token,
        headers: { 'idempotency-key': payKey },
        body: { order_id: orderId, amount, payment_method: 'credit_card' },
      }),
    reply => final(reply) && !passing(reply),
  )
  return { person, orderId, quantity: body.items.reduce((sum, { quantity }) => sum + quantity, 0) }
}
