import type { Channel, ChannelModel } from 'amqplib'
import { unavailable } from '../errors'

/** An error of a channel also fails the call that caused it. Without a listener, its event would end the process. */
export const openChannel = async (model: ChannelModel): Promise<Channel> => {
  const channel = await model.createChannel()
  channel.on('error', () => {})
  return channel
}

const hasReplyCode =
  (code: number) =>
  (error: unknown): error is Error =>
    error instanceof Error && 'code' in error && error.code === code

/** Why the broker closed a channel: a queue does not exist, is exclusive to another connection, or has other settings than were declared. */
export const isMissing = hasReplyCode(404)
export const isLocked = hasReplyCode(405)
export const isMismatch = hasReplyCode(406)

export const brokerUnavailable = (cause?: unknown) => unavailable('broker_unavailable', 'The message broker does not answer.', cause)
