interface Message {
  id: string
  type: string
  source: string
  time: string
  aggregate: { type: string; id: string; version: number }
  data: unknown
}

/** What the control room shows of an event: ids, words of the shop and times, and nothing that a person typed or is called by. */
export interface LiveEvent {
  id: string
  type: string
  source: string
  time: string
  aggregate?: { type: string; id: string; version: number }
  order_id?: number
  status?: string
  previous?: string
  payment_status?: string
  reason?: string
}

/** Their aggregate is a person, or what a person did. */
const personal = new Set(['user', 'admin_act', 'notification', 'watch'])
/** Why an order ended is one of a few words. Other reasons, as of a refund or of a rejected return, are typed by people. */
const reasoned = new Set(['order.status_updated', 'order.cancelled'])
const wordsOf = (type: string) => ['status', 'previous', 'payment_status', ...(reasoned.has(type) ? ['reason'] : [])]
/** The shop's own words, such as `awaiting_payment`. */
const isWord = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z]+(?:_[a-z]+){0,5}$/.test(value) && value.length <= 40

export const liveEvent = ({ id, type, source, time, aggregate, data }: Message): LiveEvent => {
  const fields: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {}
  const orderId = fields.order_id
  const said = Object.fromEntries(wordsOf(type).flatMap(name => (isWord(fields[name]) ? [[name, fields[name]]] : [])))
  return {
    id,
    type,
    source,
    time,
    ...(!personal.has(aggregate.type) && { aggregate }),
    ...(Number.isSafeInteger(orderId) && { order_id: Number(orderId) }),
    ...said,
  }
}
