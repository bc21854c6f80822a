import type { ConsumeMessage } from 'amqplib'
import type { Message } from '../event'
import { scrubbed } from '../log'
import type { Outbound } from './publish'

const isText = (value: unknown) => typeof value === 'string' && value.length > 0

/** The message, or what is wrong with it. */
export const parseMessage = (content: Buffer): Message | string => {
  let value: Partial<Message> | null
  try {
    value = JSON.parse(content.toString())
  } catch {
    return 'not JSON'
  }
  if (typeof value !== 'object' || value === null) return 'not an object'
  const { id, type, source, time, request_id, traceparent, version, aggregate, data } = value
  for (const [name, text] of Object.entries({ id, type, source, time, request_id, traceparent })) if (!isText(text)) return `no ${name}`
  if (!Number.isInteger(version)) return 'no version'
  if (!isText(aggregate?.type) || !isText(aggregate?.id) || !Number.isInteger(aggregate?.version)) return 'no aggregate'
  return data === undefined ? 'no data' : (value as Message)
}

export const attemptsOf = ({ properties: { headers } }: ConsumeMessage): number => Number(headers?.['x-attempt']) || 0

export const reasonOf = (error: unknown) =>
  (error instanceof Error ? `${error.name}: ${scrubbed(error.message)}` : String(error)).slice(0, 500)

/** The broker's headers describe the deliveries of one copy, so a new copy does not get them. */
const isFromBroker = (name: string) => /^x-(death|first-death|last-death|delivery-count|acquired-count)/.test(name)

export const copyOf = (raw: ConsumeMessage, to: { exchange: string; routingKey: string; headers: Record<string, unknown> }): Outbound => {
  const { messageId, type, contentType, headers = {} } = raw.properties
  const kept = Object.entries(headers).filter(([name]) => !isFromBroker(name))
  return {
    exchange: to.exchange,
    routingKey: to.routingKey,
    content: raw.content,
    properties: {
      messageId: messageId || crypto.randomUUID(),
      type,
      contentType,
      headers: { 'x-exchange': raw.fields.exchange, 'x-routing-key': raw.fields.routingKey, ...Object.fromEntries(kept), ...to.headers },
    },
  }
}
